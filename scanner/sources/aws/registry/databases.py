"""Databases: RDS and its kin, DynamoDB, caches, warehouses, search."""

from __future__ import annotations

from scanner.sources.aws.operation import Detail, Listing

_TABLE = {"TableName": "{TableName}"}
RDS = (
    Listing("rds", "DescribeDBInstances", "AWS::RDS::DBInstance", "DBInstances", "{DBInstanceArn}"),
    Listing("rds", "DescribeDBClusters", "AWS::RDS::DBCluster", "DBClusters", "{DBClusterArn}"),
    Listing("rds", "DescribeDBSubnetGroups", "AWS::RDS::DBSubnetGroup", "DBSubnetGroups", "{DBSubnetGroupArn}"),
    Listing("rds", "DescribeDBSnapshots", "AWS::RDS::DBSnapshot", "DBSnapshots", "{DBSnapshotArn}", details=(
        Detail("DescribeDBSnapshotAttributes", {"DBSnapshotIdentifier": "{DBSnapshotIdentifier}"},
               answer="DBSnapshotAttributesResult.DBSnapshotAttributes", when="SnapshotType == 'manual'"),)),
    Listing("rds", "DescribeDBClusterSnapshots", "AWS::RDS::DBClusterSnapshot", "DBClusterSnapshots",
            "{DBClusterSnapshotArn}", details=(
        Detail("DescribeDBClusterSnapshotAttributes",
               {"DBClusterSnapshotIdentifier": "{DBClusterSnapshotIdentifier}"},
               answer="DBClusterSnapshotAttributesResult.DBClusterSnapshotAttributes",
               when="SnapshotType == 'manual'"),)),
    Listing("rds", "DescribeDBInstanceAutomatedBackups", "AWS::RDS::DBInstanceAutomatedBackup",
            "DBInstanceAutomatedBackups", "{DBInstanceAutomatedBackupsArn}"),
    Listing("rds", "DescribeDBClusterAutomatedBackups", "AWS::RDS::DBClusterAutomatedBackup",
            "DBClusterAutomatedBackups", "{DBClusterAutomatedBackupsArn}"),
    Listing("rds", "DescribeDBParameterGroups", "AWS::RDS::DBParameterGroup", "DBParameterGroups",
            "{DBParameterGroupArn}", details=(
        Detail("DescribeDBParameters", {"DBParameterGroupName": "{DBParameterGroupName}", "Source": "user"},
               answer="Parameters"),)),
    Listing("rds", "DescribeDBClusterParameterGroups", "AWS::RDS::DBClusterParameterGroup",
            "DBClusterParameterGroups", "{DBClusterParameterGroupArn}", details=(
        Detail("DescribeDBClusterParameters",
               {"DBClusterParameterGroupName": "{DBClusterParameterGroupName}", "Source": "user"},
               answer="Parameters"),)),
    Listing("rds", "DescribeDBProxies", "AWS::RDS::DBProxy", "DBProxies", "{DBProxyArn}", details=(
        Detail("DescribeDBProxyTargets", {"DBProxyName": "{DBProxyName}"}, answer="Targets"),)),
    Listing("rds", "DescribeGlobalClusters", "AWS::RDS::GlobalCluster", "GlobalClusters", "{GlobalClusterArn}"),
)  # fmt: skip

OTHERS = (
    Listing("dynamodb", "ListTables", "AWS::DynamoDB::Table", "TableNames",
            "arn:{@partition}:dynamodb:{@region}:{@account}:table/{TableName}", wrap="TableName", details=(
                Detail("DescribeTable", _TABLE, answer="Table"),
                Detail("DescribeContinuousBackups", _TABLE, answer="ContinuousBackupsDescription"),
                Detail("DescribeTimeToLive", _TABLE, answer="TimeToLiveDescription"),
                Detail("GetResourcePolicy",
                       {"ResourceArn": "arn:{@partition}:dynamodb:{@region}:{@account}:table/{TableName}"},
                       answer="Policy", absent=("PolicyNotFoundException",)),
                Detail("ListTagsOfResource",
                       {"ResourceArn": "arn:{@partition}:dynamodb:{@region}:{@account}:table/{TableName}"},
                       answer="Tags", tagged="dynamodb:table"))),
    Listing("dynamodb", "ListBackups", "AWS::DynamoDB::Backup", "BackupSummaries", "{BackupArn}",
            parameters={"BackupType": "USER"}),
    Listing("elasticache", "DescribeReplicationGroups", "AWS::ElastiCache::ReplicationGroup", "ReplicationGroups",
            "{ARN}"),
    Listing("elasticache", "DescribeCacheClusters", "AWS::ElastiCache::CacheCluster", "CacheClusters", "{ARN}"),
    Listing("elasticache", "DescribeCacheSubnetGroups", "AWS::ElastiCache::SubnetGroup", "CacheSubnetGroups",
            "{ARN}"),
    Listing("elasticache", "DescribeServerlessCaches", "AWS::ElastiCache::ServerlessCache", "ServerlessCaches",
            "{ARN}"),
    Listing("elasticache", "DescribeSnapshots", "AWS::ElastiCache::Snapshot", "Snapshots", "{ARN}",
            parameters={"SnapshotSource": "user"}),
    Listing("elasticache", "DescribeServerlessCacheSnapshots", "AWS::ElastiCache::ServerlessCacheSnapshot",
            "ServerlessCacheSnapshots", "{ARN}"),
    Listing("docdb-elastic", "ListClusters", "AWS::DocDBElastic::Cluster", "clusters", "{clusterArn}", details=(
        Detail("GetCluster", {"clusterArn": "{clusterArn}"}, answer="cluster"),
        Detail("ListTagsForResource", {"resourceArn": "{clusterArn}"}, answer="tags"))),
    Listing("docdb-elastic", "ListClusterSnapshots", "AWS::DocDBElastic::ClusterSnapshot", "snapshots",
            "{snapshotArn}", parameters={"snapshotType": "manual"}),
    Listing("memorydb", "DescribeClusters", "AWS::MemoryDB::Cluster", "Clusters", "{ARN}"),
    Listing("memorydb", "DescribeSnapshots", "AWS::MemoryDB::Snapshot", "Snapshots", "{ARN}",
            parameters={"Source": "user"}),
    Listing("redshift", "DescribeClusters", "AWS::Redshift::Cluster", "Clusters",
            "arn:{@partition}:redshift:{@region}:{@account}:cluster:{ClusterIdentifier}", details=(
                Detail("DescribeLoggingStatus", {"ClusterIdentifier": "{ClusterIdentifier}"}),)),
    Listing("redshift", "DescribeClusterSnapshots", "AWS::Redshift::ClusterSnapshot", "Snapshots",
            "arn:{@partition}:redshift:{@region}:{@account}:snapshot:{ClusterIdentifier}/{SnapshotIdentifier}",
            parameters={"SnapshotType": "manual"}, page=100),
    Listing("redshift", "DescribeClusterSubnetGroups", "AWS::Redshift::ClusterSubnetGroup", "ClusterSubnetGroups",
            "arn:{@partition}:redshift:{@region}:{@account}:subnetgroup:{ClusterSubnetGroupName}"),
    Listing("redshift", "DescribeClusterParameterGroups", "AWS::Redshift::ClusterParameterGroup",
            "ParameterGroups",
            "arn:{@partition}:redshift:{@region}:{@account}:parametergroup:{ParameterGroupName}", details=(
                Detail("DescribeClusterParameters",
                       {"ParameterGroupName": "{ParameterGroupName}", "Source": "user"}, answer="Parameters"),)),
    Listing("redshift-serverless", "ListNamespaces", "AWS::RedshiftServerless::Namespace", "namespaces",
            "{namespaceArn}", details=(
                Detail("ListTagsForResource", {"resourceArn": "{namespaceArn}"}, answer="tags"),),
            children=(
                Listing("redshift-serverless", "ListSnapshotCopyConfigurations",
                        "AWS::RedshiftServerless::SnapshotCopyConfiguration", "snapshotCopyConfigurations",
                        "{snapshotCopyConfigurationArn}", parameters={"namespaceName": "{namespaceName}"}),)),
    Listing("redshift-serverless", "ListSnapshots", "AWS::RedshiftServerless::Snapshot", "snapshots",
            "{snapshotArn}"),
    Listing("redshift-serverless", "ListWorkgroups", "AWS::RedshiftServerless::Workgroup", "workgroups",
            "{workgroupArn}"),
    Listing("opensearch", "ListDomainNames", "AWS::OpenSearchService::Domain", "DomainNames",
            "arn:{@partition}:es:{@region}:{@account}:domain/{DomainName}", details=(
                Detail("DescribeDomains", name="DescribeDomain", answer="DomainStatusList", batch=5,
                       batch_parameter="DomainNames", batch_value="{DomainName}", batch_key="DomainName"),
                Detail("ListTags", {"ARN": "arn:{@partition}:es:{@region}:{@account}:domain/{DomainName}"},
                       answer="TagList"))),
    Listing("timestream-write", "ListDatabases", "AWS::Timestream::Database", "Databases", "{Arn}", children=(
        Listing("timestream-write", "ListTables", "AWS::Timestream::Table", "Tables", "{Arn}",
                parameters={"DatabaseName": "{DatabaseName}"}, details=(
                    Detail("ListTagsForResource", {"ResourceARN": "{Arn}"}, answer="Tags"),)),)),
)  # fmt: skip

LISTINGS = (*RDS, *OTHERS)
