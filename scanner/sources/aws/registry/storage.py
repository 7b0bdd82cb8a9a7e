"""Stores: S3, EBS's neighbours, EFS, FSx, keys, secrets, backup."""

from __future__ import annotations

from dataclasses import replace

from scanner.sources.aws.operation import Detail, Listing


def _of_bucket(operation: str, name: str, absent: str = "", answer: str = "", action: str = "") -> Detail:
    codes = (absent,) if absent else ()
    return Detail(operation, {"Bucket": "{Name}"}, name, answer, codes, f"s3:{action or operation}")


_BUCKET = (
    _of_bucket("GetBucketVersioning", "Versioning"),
    _of_bucket("GetBucketEncryption", "Encryption", "ServerSideEncryptionConfigurationNotFoundError",
               "ServerSideEncryptionConfiguration", "GetEncryptionConfiguration"),
    _of_bucket("GetPublicAccessBlock", "PublicAccessBlock", "NoSuchPublicAccessBlockConfiguration",
               "PublicAccessBlockConfiguration", "GetBucketPublicAccessBlock"),
    _of_bucket("GetBucketPolicy", "Policy", "NoSuchBucketPolicy", "Policy"),
    _of_bucket("GetBucketAcl", "Acl"),
    _of_bucket("GetBucketOwnershipControls", "OwnershipControls", "OwnershipControlsNotFoundError",
               "OwnershipControls"),
    _of_bucket("GetBucketLogging", "Logging", "", "LoggingEnabled"),
    _of_bucket("GetBucketLifecycleConfiguration", "Lifecycle", "NoSuchLifecycleConfiguration", "Rules",
               "GetLifecycleConfiguration"),
    _of_bucket("GetBucketReplication", "Replication", "ReplicationConfigurationNotFoundError",
               "ReplicationConfiguration", "GetReplicationConfiguration"),
    _of_bucket("GetObjectLockConfiguration", "ObjectLock", "ObjectLockConfigurationNotFoundError",
               "ObjectLockConfiguration", "GetBucketObjectLockConfiguration"),
    replace(_of_bucket("GetBucketTagging", "Tags", "NoSuchTagSet", "TagSet"), tagged="s3"),
)  # fmt: skip

S3 = (
    Listing("s3", "ListBuckets", "AWS::S3::Bucket", "Buckets", "arn:{@partition}:s3:::{Name}",
            parameters={"BucketRegion": "{@region}"}, details=_BUCKET, action="s3:ListAllMyBuckets"),
    Listing("s3control", "GetPublicAccessBlock", "AWS::S3::AccountPublicAccessBlock",
            "[PublicAccessBlockConfiguration]", "arn:{@partition}:s3::{@account}:public-access-block", "global",
            parameters={"AccountId": "{@account}"}, action="s3:GetAccountPublicAccessBlock",
            absent=("NoSuchPublicAccessBlockConfiguration",)),
)  # fmt: skip

_FILE_SYSTEM = {"FileSystemId": "{FileSystemId}"}
FILES = (
    Listing("efs", "DescribeFileSystems", "AWS::EFS::FileSystem", "FileSystems", "{FileSystemArn}", details=(
        Detail("DescribeFileSystemPolicy", _FILE_SYSTEM, answer="Policy", absent=("PolicyNotFound",)),
        Detail("DescribeBackupPolicy", _FILE_SYSTEM, answer="BackupPolicy", absent=("PolicyNotFound",)),
        Detail("DescribeReplicationConfigurations", _FILE_SYSTEM, answer="Replications",
               absent=("ReplicationNotFound",))),
        children=(
            Listing("efs", "DescribeMountTargets", "AWS::EFS::MountTarget", "MountTargets",
                    "{^}/mount-target/{MountTargetId}", parameters=_FILE_SYSTEM, details=(
                        Detail("DescribeMountTargetSecurityGroups", {"MountTargetId": "{MountTargetId}"},
                               answer="SecurityGroups"),)),)),
    Listing("efs", "DescribeAccessPoints", "AWS::EFS::AccessPoint", "AccessPoints", "{AccessPointArn}"),
    Listing("fsx", "DescribeFileSystems", "AWS::FSx::FileSystem", "FileSystems", "{ResourceARN}"),
    Listing("fsx", "DescribeBackups", "AWS::FSx::Backup", "Backups", "{ResourceARN}"),
)  # fmt: skip

_KEY = {"KeyId": "{KeyId}"}
KEYS = (
    Listing("kms", "ListKeys", "AWS::KMS::Key", "Keys", "{KeyArn}", page=1000, details=(
        Detail("DescribeKey", _KEY, answer="KeyMetadata"),
        Detail("GetKeyPolicy", {"KeyId": "{KeyId}", "PolicyName": "default"}, answer="Policy"),
        Detail("GetKeyRotationStatus", _KEY, absent=("UnsupportedOperationException",),
               when="DescribeKey.KeyManager == 'CUSTOMER' && DescribeKey.KeySpec == 'SYMMETRIC_DEFAULT'"),
        Detail("ListResourceTags", _KEY, answer="Tags", when="DescribeKey.KeyManager == 'CUSTOMER'",
               tagged="kms:key"),
        Detail("ListGrants", _KEY, answer="Grants", when="DescribeKey.KeyManager == 'CUSTOMER'"))),
    Listing("kms", "ListAliases", "AWS::KMS::Alias", "Aliases", "{AliasArn}"),
    Listing("secretsmanager", "ListSecrets", "AWS::SecretsManager::Secret", "SecretList", "{ARN}", details=(
        Detail("GetResourcePolicy", {"SecretId": "{ARN}"}, answer="ResourcePolicy"),
        Detail("DescribeSecret", {"SecretId": "{ARN}"}, answer="{ReplicationStatus: ReplicationStatus}"))),
    Listing("ssm", "DescribeParameters", "AWS::SSM::Parameter", "Parameters",
            "arn:{@partition}:ssm:{@region}:{@account}:parameter/{Name/}", details=(
                Detail("ListTagsForResource", {"ResourceType": "Parameter", "ResourceId": "{Name}"},
                       answer="TagList", tagged="ssm:parameter"),)),
    Listing("acm", "ListCertificates", "AWS::CertificateManager::Certificate", "CertificateSummaryList",
            "{CertificateArn}", details=(
                Detail("DescribeCertificate", {"CertificateArn": "{CertificateArn}"}, answer="Certificate"),
                Detail("ListTagsForCertificate", {"CertificateArn": "{CertificateArn}"}, answer="Tags",
                       tagged="acm:certificate"))),
)  # fmt: skip

_PLAN = {"BackupPlanId": "{BackupPlanId}"}
_VAULT = {"BackupVaultName": "{BackupVaultName}"}
BACKUP = (
    Listing("backup", "ListBackupPlans", "AWS::Backup::BackupPlan", "BackupPlansList", "{BackupPlanArn}", details=(
        Detail("GetBackupPlan", _PLAN, answer="BackupPlan"),
        Detail("ListTags", {"ResourceArn": "{BackupPlanArn}"}, answer="Tags")),
        children=(
            Listing("backup", "ListBackupSelections", "AWS::Backup::BackupSelection", "BackupSelectionsList",
                    "{^}/selection/{SelectionId}", parameters=_PLAN, details=(
                        Detail("GetBackupSelection",
                               {"BackupPlanId": "{BackupPlanId}", "SelectionId": "{SelectionId}"},
                               answer="BackupSelection"),)),)),
    Listing("backup", "ListBackupVaults", "AWS::Backup::BackupVault", "BackupVaultList", "{BackupVaultArn}",
            details=(
                Detail("DescribeBackupVault", _VAULT, action="backup:DescribeBackupVault"),
                Detail("GetBackupVaultAccessPolicy", _VAULT, answer="Policy",
                       absent=("ResourceNotFoundException",)),
                Detail("ListTags", {"ResourceArn": "{BackupVaultArn}"}, answer="Tags")),
            children=(
                Listing("backup", "ListRecoveryPointsByBackupVault", "AWS::Backup::RecoveryPoint",
                        "RecoveryPoints", "{RecoveryPointArn}", parameters=_VAULT),)),
    Listing("backup", "DescribeRegionSettings", "AWS::Backup::RegionSettings",
            "[{ResourceTypeOptInPreference: ResourceTypeOptInPreference,"
            " ResourceTypeManagementPreference: ResourceTypeManagementPreference}]",
            "arn:{@partition}:backup:{@region}:{@account}:setting/region"),
    Listing("backup", "DescribeGlobalSettings", "AWS::Backup::GlobalSettings",
            "[{GlobalSettings: GlobalSettings}]", "arn:{@partition}:backup:{@region}:{@account}:setting/global"),
    Listing("backup", "ListCopyJobs", "AWS::Backup::CopyJob", "CopyJobs",
            "arn:{@partition}:backup:{@region}:{@account}:copy-job/{CopyJobId}"),
    Listing("backup", "ListRestoreJobs", "AWS::Backup::RestoreJob", "RestoreJobs",
            "arn:{@partition}:backup:{@region}:{@account}:restore-job/{RestoreJobId}"),
    # what active holds keep from being deleted; the holds themselves say it by vaults and dates
    Listing("backup", "ListLegalHolds", "", "LegalHolds[?Status=='ACTIVE']", "{LegalHoldArn}", children=(
        Listing("backup", "ListRecoveryPointsByLegalHold", "AWS::Backup::HeldRecoveryPoint", "RecoveryPoints",
                "{^}/{RecoveryPointArn}", parameters={"LegalHoldId": "{LegalHoldId}"}),)),
    Listing("backup", "ListRestoreTestingPlans", "AWS::Backup::RestoreTestingPlan", "RestoreTestingPlans",
            "{RestoreTestingPlanArn}", children=(
                Listing("backup", "ListRestoreTestingSelections", "AWS::Backup::RestoreTestingSelection",
                        "RestoreTestingSelections", "{^}/{RestoreTestingSelectionName}",
                        parameters={"RestoreTestingPlanName": "{RestoreTestingPlanName}"}, details=(
                            Detail("GetRestoreTestingSelection",
                                   {"RestoreTestingPlanName": "{RestoreTestingPlanName}",
                                    "RestoreTestingSelectionName": "{RestoreTestingSelectionName}"},
                                   answer="RestoreTestingSelection.{ProtectedResourceArns: ProtectedResourceArns,"
                                          " ProtectedResourceConditions: ProtectedResourceConditions}"),)),)),
    Listing("dlm", "GetLifecyclePolicies", "AWS::DLM::LifecyclePolicy", "Policies",
            "arn:{@partition}:dlm:{@region}:{@account}:policy/{PolicyId}", details=(
                Detail("GetLifecyclePolicy", {"PolicyId": "{PolicyId}"}, answer="Policy"),)),
    *(Listing("rbin", "ListRules", "AWS::Rbin::Rule", "Rules",
              "arn:{@partition}:rbin:{@region}:{@account}:rule/{Identifier}", parameters={"ResourceType": kind})
      for kind in ("EBS_SNAPSHOT", "EC2_IMAGE")),
)  # fmt: skip

LISTINGS = (*S3, *FILES, *KEYS, *BACKUP)
