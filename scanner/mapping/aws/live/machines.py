"""Machines, their disks, images, templates and groups, spelled as Terraform's state would."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.mapping.aws.live.spelling import Live, Spelling, Spellings, World, block, equal, tags
from scanner.model.resource import Resource
from scanner.model.value import Cause, Unknown, Value

_USER_DATA = Unknown("the start-up script is not read from live machines", Cause.OUTSIDE_SCAN)


def _metadata(options: Any) -> Value:
    if isinstance(options, Unknown) or not options:
        return options or None
    return block(
        http_endpoint=options.get("HttpEndpoint"),
        http_tokens=options.get("HttpTokens"),
        http_put_response_hop_limit=options.get("HttpPutResponseHopLimit"),
    )


def _disk(world: World, live: Live, mapping: dict[str, Any]) -> Value:
    """A disk that came with the machine, as a block of it; encryption is the volume's."""
    name = mapping.get("Ebs", {}).get("VolumeId", "")
    arn = f"{live.arn.partition(':instance/')[0]}:volume/{name}"
    volume = world.by_id.get(arn)
    if volume is None:
        why = Unknown(f"ec2:DescribeVolumes did not tell of {name}", Cause.OUTSIDE_SCAN)
        return {"volume_id": name, "encrypted": why}
    key = world.key(volume.attributes.get("KmsKeyId"))
    return {"volume_id": name, "encrypted": volume.attributes.get("Encrypted"), "kms_key_id": key}


def _instance(live: Live) -> Iterator[Resource]:
    if live.get("State.Name") in ("terminated", "shutting-down"):
        return
    root = live.get("RootDeviceName")
    disks = [each for each in live.list("BlockDeviceMappings") if each.get("Ebs", {}).get("DeleteOnTermination")]
    addresses = [each["Ipv6Address"] for interface in live.list("NetworkInterfaces")
                 for each in interface.get("Ipv6Addresses", ())]  # fmt: skip
    told = {
        "id": live.get("InstanceId"),
        "arn": live.arn,
        "tags": tags(live.get("Tags")),
        "ami": live.get("ImageId"),
        "key_name": live.get("KeyName"),
        "instance_type": live.get("InstanceType"),
        "availability_zone": live.get("Placement.AvailabilityZone"),
        "subnet_id": live.get("SubnetId"),
        "vpc_security_group_ids": _groups(live),
        "iam_instance_profile": live.world.role_of(live.get("IamInstanceProfile.Arn")),
        "associate_public_ip_address": bool(live.get("PublicIpAddress")),
        "private_ip": live.get("PrivateIpAddress"),
        "public_ip": live.get("PublicIpAddress"),
        "ipv6_addresses": addresses,
        "source_dest_check": live.get("SourceDestCheck"),
        "monitoring": equal(live.get("Monitoring.State"), "enabled", "pending"),
        "metadata_options": _metadata(live.get("MetadataOptions")),
        "root_block_device": [_disk(live.world, live, each) for each in disks if each.get("DeviceName") == root],
        "ebs_block_device": [_disk(live.world, live, each) for each in disks if each.get("DeviceName") != root],
        "user_data": _USER_DATA,
    }
    yield live.made("aws_instance", told)


def _groups(live: Live) -> list[Value]:
    """The groups of the machine and of the interfaces that came with it."""
    found = [each["GroupId"] for each in live.list("SecurityGroups")]
    for interface in live.list("NetworkInterfaces"):
        if interface.get("Attachment", {}).get("DeleteOnTermination", True):
            found += [each["GroupId"] for each in interface.get("Groups", ())]
    return list(dict.fromkeys(found))


def _volume(live: Live) -> Iterator[Resource]:
    """Volumes that outlive their machine; those that go with it are its disks, as in Terraform."""
    attached = [each for each in live.list("Attachments") if each.get("InstanceId")]
    me = live.get("VolumeId")
    if attached and (me in live.world.disks or all(each.get("DeleteOnTermination") for each in attached)):
        return
    told = {"id": me, "arn": live.arn, "tags": tags(live.get("Tags")), "encrypted": live.get("Encrypted", False),
            "kms_key_id": live.key("KmsKeyId"), "size": live.get("Size"), "type": live.get("VolumeType"),
            "availability_zone": live.get("AvailabilityZone"), "create_time": live.get("CreateTime"),
            "in_use": bool(attached) or live.get("State") != "available"}  # fmt: skip
    yield live.made("aws_ebs_volume", told)
    for each in attached:
        ends = {"instance_id": each["InstanceId"], "volume_id": me, "device_name": each.get("Device")}
        yield live.fold("aws_volume_attachment", each["InstanceId"], ends)


_KEPT_BY = ("aws:backup:", "aws:dlm:", "dlm:")  # tags of what a plan made and will delete


def _orphaned(live: Live) -> bool:
    """Whether its volume is not there any more, no image of the account is made of it, and no plan made it."""
    volume = f"{live.arn.partition(':snapshot/')[0]}:volume/{live.get('VolumeId')}"
    if volume in live.world.by_id or any(key.startswith(_KEPT_BY) for key in tags(live.get("Tags"))):
        return False
    return live.get("SnapshotId") not in live.world.imaged


def _snapshot(live: Live) -> Iterator[Resource]:
    me = live.get("SnapshotId")
    told = {"id": me, "arn": live.arn, "tags": tags(live.get("Tags")), "volume_id": live.get("VolumeId"),
            "encrypted": live.get("Encrypted", False), "kms_key_id": live.key("KmsKeyId"),
            "start_time": live.get("StartTime"), "storage_tier": live.get("StorageTier"),
            "orphaned": _orphaned(live)}  # fmt: skip
    yield live.made("aws_ebs_snapshot", told)
    if live.get("Public"):
        yield live.fold("aws_snapshot_create_volume_permission", "all", {"snapshot_id": me, "account_id": "all"})


def _image(live: Live) -> Iterator[Resource]:
    me = live.get("ImageId")
    disks = [each["Ebs"] for each in live.list("BlockDeviceMappings") if each.get("Ebs")]
    devices = [
        {"encrypted": each.get("Encrypted", False), "snapshot_id": each.get("SnapshotId")} for each in disks
    ]
    told = {
        "id": me,
        "arn": live.arn,
        "name": live.get("Name"),
        "tags": tags(live.get("Tags")),
        "ebs_block_device": devices,
    }
    yield live.made("aws_ami", told)
    if live.get("Public"):
        yield live.fold("aws_ami_launch_permission", "all", {"image_id": me, "group": "all"})


def _encryption(live: Live) -> Iterator[Resource]:
    yield live.made("aws_ebs_encryption_by_default", {"enabled": live.get("EbsEncryptionByDefault")})


# templates and groups


def _template_data(live: Live) -> dict[str, Any]:
    versions = live.list("DescribeLaunchTemplateVersions")
    chosen = [each for each in versions if each.get("DefaultVersion")] or versions
    data: dict[str, Any] = chosen[0].get("LaunchTemplateData", {}) if chosen else {}
    return data


def _template(live: Live) -> Iterator[Resource]:
    data = _template_data(live)
    interfaces = [
        {"associate_public_ip_address": each.get("AssociatePublicIpAddress"), "subnet_id": each.get("SubnetId"),
         "security_groups": each.get("Groups", [])}
        for each in data.get("NetworkInterfaces", ())
    ]  # fmt: skip
    disks = [
        {"device_name": each.get("DeviceName"),
         "ebs": block(encrypted=each["Ebs"].get("Encrypted"), kms_key_id=each["Ebs"].get("KmsKeyId"))}
        for each in data.get("BlockDeviceMappings", ()) if each.get("Ebs")
    ]  # fmt: skip
    profile = data.get("IamInstanceProfile", {})
    role = live.world.role_of(profile.get("Arn") or profile.get("Name"))
    told = {
        "id": live.get("LaunchTemplateId"),
        "arn": live.arn,
        "name": live.get("LaunchTemplateName"),
        "tags": tags(live.get("Tags")),
        "image_id": data.get("ImageId"),
        "key_name": data.get("KeyName"),
        "metadata_options": _metadata(data.get("MetadataOptions")),
        "network_interfaces": interfaces,
        "block_device_mappings": disks,
        "vpc_security_group_ids": data.get("SecurityGroupIds", []),
        "iam_instance_profile": block(arn=role) if role else None,
        "monitoring": block(enabled=data.get("Monitoring", {}).get("Enabled", False)),
        "user_data": data.get("UserData"),
    }
    versions = live.get("DescribeLaunchTemplateVersions")
    if isinstance(versions, Unknown):
        told.update(dict.fromkeys(_OF_VERSION, versions))
    yield live.made("aws_launch_template", told)


_OF_VERSION = ("image_id", "metadata_options", "network_interfaces", "block_device_mappings", "monitoring",
               "vpc_security_group_ids", "iam_instance_profile", "user_data", "key_name")  # fmt: skip


def _configuration(live: Live) -> Iterator[Resource]:
    disks = [
        {"encrypted": each["Ebs"].get("Encrypted")} for each in live.list("BlockDeviceMappings") if each.get("Ebs")
    ]
    told = {
        "id": live.get("LaunchConfigurationName"),
        "arn": live.arn,
        "name": live.get("LaunchConfigurationName"),
        "image_id": live.get("ImageId"),
        "key_name": live.get("KeyName"),
        "metadata_options": _metadata(live.get("MetadataOptions")),
        "ebs_block_device": disks,
        "security_groups": live.list("SecurityGroups"),
        "iam_instance_profile": live.world.role_of(live.get("IamInstanceProfile")),
        "associate_public_ip_address": live.get("AssociatePublicIpAddress"),
        "enable_monitoring": live.get("InstanceMonitoring.Enabled"),
        "user_data": live.get("UserData"),
    }
    yield live.made("aws_launch_configuration", told)


def _group(live: Live) -> Iterator[Resource]:
    name = live.get("AutoScalingGroupName")
    template = live.get("LaunchTemplate") or live.get(
        "MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification"
    )
    named = block(id=template.get("LaunchTemplateId")) if isinstance(template, dict) else None
    told = {
        "id": name,
        "arn": live.arn,
        "name": name,
        "tags": tags(live.get("Tags")),
        "min_size": live.get("MinSize"),
        "max_size": live.get("MaxSize"),
        "vpc_zone_identifier": [each for each in str(live.get("VPCZoneIdentifier", "")).split(",") if each],
        "launch_template": named,
        "launch_configuration": live.get("LaunchConfigurationName"),
        "target_group_arns": live.list("TargetGroupARNs"),
        "load_balancers": live.list("LoadBalancerNames"),
    }
    yield live.made("aws_autoscaling_group", told)


SPELLINGS: Spellings = {
    "AWS::EC2::Instance": Spelling(("aws_instance",), _instance),
    "AWS::EC2::Volume": Spelling(("aws_ebs_volume", "aws_volume_attachment"), _volume),
    "AWS::EC2::Snapshot": Spelling(("aws_ebs_snapshot", "aws_snapshot_create_volume_permission"), _snapshot),
    "AWS::EC2::Image": Spelling(("aws_ami", "aws_ami_launch_permission"), _image),
    "AWS::EC2::EbsEncryptionByDefault": Spelling(("aws_ebs_encryption_by_default",), _encryption),
    "AWS::EC2::SnapshotBlockPublicAccess": Spelling((), lambda _: iter(())),
    "AWS::EC2::LaunchTemplate": Spelling(("aws_launch_template",), _template),
    "AWS::AutoScaling::LaunchConfiguration": Spelling(("aws_launch_configuration",), _configuration),
    "AWS::AutoScaling::AutoScalingGroup": Spelling(("aws_autoscaling_group",), _group),
}
