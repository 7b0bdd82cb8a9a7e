"""The estate of estate/main.tf, made with boto3 at whatever endpoint the environment names."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from typing import Any

import boto3

REGION = "eu-west-1"


def policy(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def seed(session: boto3.session.Session) -> None:
    """Make everything; the account must be empty."""
    made = Seed(session)
    made.identities()
    made.keys()
    made.networks()
    made.machines()
    made.stores()
    made.databases()
    made.between()
    made.watching()
    made.edge()
    made.clusters()
    made.apis()
    made.rest()


class Seed:
    """What is made, by name, so that later things can refer to earlier ones."""

    def __init__(self, session: boto3.session.Session) -> None:
        self.session = session
        self.ids: dict[str, str] = {}

    def client(self, service: str) -> Any:
        return self.session.client(service, region_name=REGION)

    def identities(self) -> None:
        iam = self.client("iam")
        trust = policy(Principal={"Service": "ec2.amazonaws.com"}, Action="sts:AssumeRole")
        self.ids["role"] = iam.create_role(RoleName="app", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        anyone = policy(Principal={"AWS": "*"}, Action="sts:AssumeRole")
        iam.create_role(RoleName="stranger", AssumeRolePolicyDocument=anyone)
        iam.put_role_policy(RoleName="app", PolicyName="app-inline",
                            PolicyDocument=policy(Action="s3:*", Resource="*"))  # fmt: skip
        everything = policy(Action="*", Resource="*")
        arn = iam.create_policy(PolicyName="all-powerful", PolicyDocument=everything)["Policy"]["Arn"]
        queue = "arn:aws:sqs:eu-west-1:123456789012:jobs"
        narrow = policy(Action=["sqs:SendMessage"], Resource=queue)
        small = iam.create_policy(PolicyName="narrow", PolicyDocument=narrow)["Policy"]["Arn"]
        iam.attach_role_policy(RoleName="stranger", PolicyArn=arn)
        iam.attach_role_policy(RoleName="app", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
        iam.create_instance_profile(InstanceProfileName="app")
        iam.add_role_to_instance_profile(InstanceProfileName="app", RoleName="app")
        iam.create_user(UserName="person")
        iam.attach_user_policy(UserName="person", PolicyArn=small)
        iam.create_access_key(UserName="person")
        iam.create_group(GroupName="team")
        iam.add_user_to_group(GroupName="team", UserName="person")
        iam.update_account_password_policy(MinimumPasswordLength=8)

    def keys(self) -> None:
        kms = self.client("kms")
        main = kms.create_key(Description="main")["KeyMetadata"]
        kms.enable_key_rotation(KeyId=main["KeyId"])
        kms.create_alias(AliasName="alias/main", TargetKeyId=main["KeyId"])
        kms.create_key(Description="still")
        self.ids["key"] = main["Arn"]
        secrets = self.client("secretsmanager")
        secrets.create_secret(Name="plain", SecretString="x")
        secrets.create_secret(Name="kept", SecretString="x", KmsKeyId=main["Arn"])
        self.client("ssm").put_parameter(Name="/app/plain", Type="String", Value="x")

    def networks(self) -> None:
        ec2 = self.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
        name(ec2, vpc, "main", tier="internal")
        for label, cidr, zone in (("public", "10.20.1.0/24", "a"), ("private", "10.20.2.0/24", "b")):
            made = ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=f"{REGION}{zone}")
            subnet = made["Subnet"]["SubnetId"]
            self.ids[label] = subnet
            name(ec2, subnet, label)
        ec2.modify_subnet_attribute(SubnetId=self.ids["public"], MapPublicIpOnLaunch={"Value": True})
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
        name(ec2, gateway, "main")
        table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        name(ec2, table, "public")
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
        ec2.associate_route_table(RouteTableId=table, SubnetId=self.ids["public"])
        opened = ec2.create_security_group(GroupName="open", Description="lets everyone in", VpcId=vpc)["GroupId"]
        closed = ec2.create_security_group(
            GroupName="closed", Description="from the open group only", VpcId=vpc)["GroupId"]  # fmt: skip
        anywhere = {"CidrIp": "0.0.0.0/0", "Description": "ssh from anywhere"}
        ec2.authorize_security_group_ingress(GroupId=opened, IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [anywhere]}])  # fmt: skip
        ec2.authorize_security_group_ingress(GroupId=closed, IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432,
             "UserIdGroupPairs": [{"GroupId": opened, "Description": "database"}]}])  # fmt: skip
        ec2.revoke_security_group_egress(GroupId=closed, IpPermissions=[
            {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])  # fmt: skip
        self.ids.update(vpc=vpc, open=opened, closed=closed)

    def machines(self) -> None:
        ec2 = self.client("ec2")
        image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
        made = ec2.run_instances(
            ImageId=image, InstanceType="t3.small", MinCount=1, MaxCount=1,
            IamInstanceProfile={"Name": "app"},
            NetworkInterfaces=[{"DeviceIndex": 0, "SubnetId": self.ids["public"], "Groups": [self.ids["open"]],
                                "AssociatePublicIpAddress": True, "DeleteOnTermination": True}],
            MetadataOptions={"HttpTokens": "optional", "HttpEndpoint": "enabled", "HttpPutResponseHopLimit": 1},
            BlockDeviceMappings=[{"DeviceName": "/dev/sda1", "Ebs": {"Encrypted": True, "VolumeSize": 8,
                                                                     "DeleteOnTermination": True}}],
        )  # fmt: skip
        instance = made["Instances"][0]["InstanceId"]
        name(ec2, instance, "app")
        zone = f"{REGION}a"
        plain = ec2.create_volume(AvailabilityZone=zone, Size=8, Encrypted=False)["VolumeId"]
        name(ec2, plain, "plain")
        secret = ec2.create_volume(AvailabilityZone=zone, Size=8, Encrypted=True, KmsKeyId=self.ids["key"])
        name(ec2, secret["VolumeId"], "secret")
        ec2.attach_volume(Device="/dev/sdh", InstanceId=instance, VolumeId=secret["VolumeId"])
        shown = ec2.create_snapshot(VolumeId=plain, Description="shown")["SnapshotId"]
        name(ec2, shown, "shown")
        ec2.modify_snapshot_attribute(SnapshotId=shown, Attribute="createVolumePermission", GroupNames=["all"],
                                      OperationType="add")  # fmt: skip
        self.ids["instance"] = instance

    def stores(self) -> None:
        s3 = self.client("s3")
        for bucket in ("open", "logs", "kept"):
            s3.create_bucket(Bucket=f"estate-{bucket}",
                             CreateBucketConfiguration={"LocationConstraint": REGION})  # fmt: skip
        for bucket, on in (("open", False), ("logs", True), ("kept", True)):
            flags = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
            s3.put_public_access_block(Bucket=f"estate-{bucket}",
                                       PublicAccessBlockConfiguration=dict.fromkeys(flags, on))  # fmt: skip
        s3.put_bucket_policy(Bucket="estate-open", Policy=policy(
            Principal="*", Action="s3:GetObject", Resource="arn:aws:s3:::estate-open/*"))  # fmt: skip
        s3.put_bucket_versioning(Bucket="estate-kept", VersioningConfiguration={"Status": "Enabled"})
        default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": self.ids["key"]}
        s3.put_bucket_encryption(Bucket="estate-kept", ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": default}]})  # fmt: skip
        s3.put_bucket_acl(Bucket="estate-logs", GrantWrite="uri=http://acs.amazonaws.com/groups/s3/LogDelivery",
                          GrantReadACP="uri=http://acs.amazonaws.com/groups/s3/LogDelivery")  # fmt: skip
        s3.put_bucket_logging(Bucket="estate-kept", BucketLoggingStatus={
            "LoggingEnabled": {"TargetBucket": "estate-logs", "TargetPrefix": "kept/"}})  # fmt: skip
        s3.put_bucket_lifecycle_configuration(Bucket="estate-kept", LifecycleConfiguration={"Rules": [
            {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": ""},
             "NoncurrentVersionExpiration": {"NoncurrentDays": 90}}]})  # fmt: skip
        self.client("efs").create_file_system(CreationToken="plain", Encrypted=False, Backup=False)

    def databases(self) -> None:
        rds = self.client("rds")
        rds.create_db_subnet_group(DBSubnetGroupName="main", DBSubnetGroupDescription="main",
                                   SubnetIds=[self.ids["public"], self.ids["private"]])  # fmt: skip
        rds.create_db_parameter_group(DBParameterGroupName="main", DBParameterGroupFamily="postgres14",
                                      Description="main")  # fmt: skip
        rds.modify_db_parameter_group(DBParameterGroupName="main", Parameters=[
            {"ParameterName": "rds.force_ssl", "ParameterValue": "1", "ApplyMethod": "immediate"}])  # fmt: skip
        shared = {"Engine": "postgres", "EngineVersion": "14.9", "DBInstanceClass": "db.t3.small",
                  "AllocatedStorage": 20, "MasterUsername": "root", "MasterUserPassword": "hunter22",
                  "DBSubnetGroupName": "main", "VpcSecurityGroupIds": [self.ids["closed"]]}  # fmt: skip
        rds.create_db_instance(
            DBInstanceIdentifier="good", StorageEncrypted=True, KmsKeyId=self.ids["key"],
            DBParameterGroupName="main", BackupRetentionPeriod=35, DeletionProtection=True, MultiAZ=True,
            EnableIAMDatabaseAuthentication=True, EnableCloudwatchLogsExports=["postgresql"],
            AutoMinorVersionUpgrade=True, **shared)  # fmt: skip
        rds.create_db_instance(
            DBInstanceIdentifier="bad", StorageEncrypted=False, PubliclyAccessible=True, BackupRetentionPeriod=0,
            AutoMinorVersionUpgrade=False, **shared)  # fmt: skip
        dynamodb = self.client("dynamodb")
        keyed = {"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}], "BillingMode": "PAY_PER_REQUEST",
                 "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}]}  # fmt: skip
        dynamodb.create_table(
            TableName="good", DeletionProtectionEnabled=True, **keyed,
            SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": self.ids["key"]})  # fmt: skip
        dynamodb.update_continuous_backups(
            TableName="good", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})  # fmt: skip
        dynamodb.create_table(TableName="bad", **keyed)

    def between(self) -> None:
        sqs = self.client("sqs")
        sqs.create_queue(QueueName="plain", Attributes={"SqsManagedSseEnabled": "false"})
        arn = "arn:aws:sqs:eu-west-1:123456789012:open"
        sqs.create_queue(QueueName="open", Attributes={
            "KmsMasterKeyId": self.ids["key"],
            "Policy": policy(Principal="*", Action="sqs:SendMessage", Resource=arn)})  # fmt: skip
        sns = self.client("sns")
        plain = sns.create_topic(Name="plain")["TopicArn"]
        sns.create_topic(Name="kept", Attributes={"KmsMasterKeyId": self.ids["key"]})
        sns.subscribe(TopicArn=plain, Protocol="http", Endpoint="http://example.com/hook")
        ecr = self.client("ecr")
        ecr.create_repository(repositoryName="plain")
        ecr.create_repository(repositoryName="good", imageTagMutability="IMMUTABLE",
                              imageScanningConfiguration={"scanOnPush": True})  # fmt: skip
        self.client("kinesis").create_stream(StreamName="plain", ShardCount=1)
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("a.py", "def b(*_): ...")
        functions = self.client("lambda")
        functions.create_function(
            FunctionName="app", Runtime="python3.12", Handler="a.b", Role=self.ids["role"],
            Code={"ZipFile": code.getvalue()}, Environment={"Variables": {"STAGE": "prod"}})  # fmt: skip
        functions.add_permission(FunctionName="app", StatementId="everyone", Action="lambda:InvokeFunction",
                                 Principal="*")  # fmt: skip

    def watching(self) -> None:
        trails = self.client("cloudtrail")
        trails.create_trail(Name="main", S3BucketName="estate-logs", IsMultiRegionTrail=False,
                            IncludeGlobalServiceEvents=True, EnableLogFileValidation=False)  # fmt: skip
        trails.start_logging(Name="main")
        logs = self.client("logs")
        logs.create_log_group(logGroupName="forever")
        logs.create_log_group(logGroupName="short", kmsKeyId=self.ids["key"])
        logs.put_retention_policy(logGroupName="short", retentionInDays=30)
        self.client("cloudwatch").put_metric_alarm(
            AlarmName="mute", ComparisonOperator="GreaterThanThreshold", EvaluationPeriods=1, MetricName="Errors",
            Namespace="App", Period=60, Statistic="Sum", Threshold=1)  # fmt: skip
        self.client("guardduty").create_detector(Enable=True)
        backup = self.client("backup")
        backup.create_backup_vault(BackupVaultName="main", EncryptionKeyArn=self.ids["key"])
        rule = {"RuleName": "daily", "TargetBackupVaultName": "main", "ScheduleExpression": "cron(0 5 ? * * *)",
                "Lifecycle": {"DeleteAfterDays": 7}}  # fmt: skip
        plan = backup.create_backup_plan(BackupPlan={"BackupPlanName": "main", "Rules": [rule]})["BackupPlanId"]
        table = "arn:aws:dynamodb:eu-west-1:123456789012:table/good"
        backup.create_backup_selection(BackupPlanId=plan, BackupSelection={
            "SelectionName": "main", "IamRoleArn": self.ids["role"], "Resources": [table]})  # fmt: skip

    def edge(self) -> None:
        elb = self.client("elbv2")
        made = elb.create_load_balancer(
            Name="main", Type="application", Scheme="internet-facing",
            Subnets=[self.ids["public"], self.ids["private"]], SecurityGroups=[self.ids["open"]])  # fmt: skip
        balancer = made["LoadBalancers"][0]["LoadBalancerArn"]
        self.ids["balancer"] = balancer
        group = elb.create_target_group(Name="main", Port=80, Protocol="HTTP", VpcId=self.ids["vpc"])
        target = group["TargetGroups"][0]["TargetGroupArn"]
        elb.register_targets(TargetGroupArn=target, Targets=[{"Id": self.ids["instance"], "Port": 80}])
        elb.create_listener(LoadBalancerArn=balancer, Port=80, Protocol="HTTP",
                            DefaultActions=[{"Type": "forward", "TargetGroupArn": target}])  # fmt: skip
        dns = self.client("route53")
        zone = dns.create_hosted_zone(Name="example.org", CallerReference="estate")["HostedZone"]["Id"]
        record = {"Name": "www.example.org", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]}
        dns.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={
            "Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]})  # fmt: skip

    def clusters(self) -> None:
        ecs = self.client("ecs")
        ecs.create_cluster(clusterName="main")
        container = {"name": "app", "image": "nginx:latest", "privileged": True, "memory": 128, "essential": True,
                     "environment": [{"name": "STAGE", "value": "prod"}]}  # fmt: skip
        task = ecs.register_task_definition(family="app", networkMode="awsvpc", containerDefinitions=[container])
        network = {"subnets": [self.ids["public"]], "securityGroups": [self.ids["open"]],
                   "assignPublicIp": "ENABLED"}  # fmt: skip
        ecs.create_service(
            cluster="main", serviceName="app", desiredCount=1, launchType="FARGATE",
            taskDefinition=task["taskDefinition"]["taskDefinitionArn"],
            networkConfiguration={"awsvpcConfiguration": network})  # fmt: skip
        eks = self.client("eks")
        eks.create_cluster(
            name="main", roleArn=self.ids["role"], version="1.30",
            resourcesVpcConfig={"subnetIds": [self.ids["public"], self.ids["private"]],
                                "endpointPublicAccess": True})  # fmt: skip
        eks.create_nodegroup(
            clusterName="main", nodegroupName="main", nodeRole=self.ids["role"], subnets=[self.ids["private"]],
            amiType="AL2_x86_64", scalingConfig={"minSize": 1, "maxSize": 1, "desiredSize": 1})  # fmt: skip
        cache = self.client("elasticache")
        cache.create_cache_subnet_group(CacheSubnetGroupName="main", CacheSubnetGroupDescription="main",
                                        SubnetIds=[self.ids["private"]])  # fmt: skip
        cache.create_replication_group(ReplicationGroupId="plain", ReplicationGroupDescription="plain",
                                       Engine="redis", CacheNodeType="cache.t3.micro")  # fmt: skip
        self.client("redshift").create_cluster(
            ClusterIdentifier="plain", NodeType="ra3.large", MasterUsername="root", MasterUserPassword="Hunter22",
            Encrypted=False, PubliclyAccessible=True, ClusterType="single-node")  # fmt: skip
        self.client("opensearch").create_domain(DomainName="plain", EngineVersion="OpenSearch_2.11")

    def apis(self) -> None:
        rest = self.client("apigateway")
        api = rest.create_rest_api(name="main")["id"]
        root = rest.get_resources(restApiId=api)["items"][0]["id"]
        pets = rest.create_resource(restApiId=api, parentId=root, pathPart="pets")["id"]
        rest.put_method(restApiId=api, resourceId=pets, httpMethod="GET", authorizationType="NONE")
        http = self.client("apigatewayv2")
        made = http.create_api(Name="http", ProtocolType="HTTP")["ApiId"]
        http.create_route(ApiId=made, RouteKey="GET /")
        origin = {"Id": "origin", "DomainName": "origin.example.org", "CustomOriginConfig": {
            "HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only",
            "OriginSslProtocols": {"Quantity": 1, "Items": ["TLSv1.2"]}}}  # fmt: skip
        self.client("cloudfront").create_distribution(DistributionConfig={
            "CallerReference": "estate", "Comment": "main", "Enabled": True,
            "Origins": {"Quantity": 1, "Items": [origin]},
            "DefaultCacheBehavior": {
                "TargetOriginId": "origin", "ViewerProtocolPolicy": "allow-all",
                "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}}},
            "ViewerCertificate": {"CloudFrontDefaultCertificate": True}})  # fmt: skip
        waf = self.client("wafv2")
        shown = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "main"}
        acl = waf.create_web_acl(Name="main", Scope="REGIONAL", DefaultAction={"Allow": {}},
                                 VisibilityConfig=shown)["Summary"]["ARN"]  # fmt: skip
        waf.associate_web_acl(WebACLArn=acl, ResourceArn=self.ids["balancer"])

    def rest(self) -> None:
        machine = json.dumps({"StartAt": "a", "States": {"a": {"Type": "Succeed"}}})
        steps = self.client("stepfunctions")
        steps.create_state_machine(name="main", definition=machine, roleArn=self.ids["role"])
        config = self.client("config")
        config.put_configuration_recorder(ConfigurationRecorder={"name": "main", "roleARN": self.ids["role"]})
        config.put_delivery_channel(DeliveryChannel={"name": "main", "s3BucketName": "estate-logs"})
        config.start_configuration_recorder(ConfigurationRecorderName="main")
        ec2 = self.client("ec2")
        template = ec2.create_launch_template(LaunchTemplateName="plain", LaunchTemplateData={
            "ImageId": "ami-0a1b2c3d4e5f60718", "MetadataOptions": {"HttpTokens": "optional"}})  # fmt: skip
        self.client("autoscaling").create_auto_scaling_group(
            AutoScalingGroupName="main", MinSize=0, MaxSize=1, VPCZoneIdentifier=self.ids["private"],
            LaunchTemplate={"LaunchTemplateId": template["LaunchTemplate"]["LaunchTemplateId"]})  # fmt: skip
        events = self.client("events")
        events.put_rule(Name="daily", ScheduleExpression="rate(1 day)")
        function = "arn:aws:lambda:eu-west-1:123456789012:function:app"
        events.put_targets(Rule="daily", Targets=[{"Id": "app", "Arn": function}])
        loose = ec2.create_network_acl(VpcId=self.ids["vpc"])["NetworkAcl"]["NetworkAclId"]
        name(ec2, loose, "loose")
        ec2.create_network_acl_entry(
            NetworkAclId=loose, RuleNumber=100, RuleAction="allow", Protocol="6", Egress=False,
            CidrBlock="0.0.0.0/0", PortRange={"From": 22, "To": 22})  # fmt: skip
        inside = [{"Name": "association.subnet-id", "Values": [self.ids["private"]]}]
        held = ec2.describe_network_acls(Filters=inside)["NetworkAcls"][0]["Associations"]
        mine = next(each for each in held if each["SubnetId"] == self.ids["private"])
        ec2.replace_network_acl_association(AssociationId=mine["NetworkAclAssociationId"], NetworkAclId=loose)
        self.client("acm").request_certificate(DomainName="www.example.org", ValidationMethod="DNS")
        self.client("budgets").create_budget(AccountId="123456789012", Budget={
            "BudgetName": "month", "BudgetType": "COST", "TimeUnit": "MONTHLY",
            "BudgetLimit": {"Amount": "100", "Unit": "USD"}})  # fmt: skip


def name(ec2: Any, resource: str, label: str, **more: str) -> None:
    tags = [{"Key": "Name", "Value": label}, *({"Key": key, "Value": value} for key, value in more.items())]
    ec2.create_tags(Resources=[resource], Tags=tags)


if __name__ == "__main__":
    seed(boto3.session.Session())
    sys.stdout.write("seeded\n")
