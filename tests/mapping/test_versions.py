"""Systems by the names of images.

The names are those of the vendors' documentation: Canonical ("Find Ubuntu images on AWS", "on Azure", "on Google
Cloud"), Amazon (public SSM parameters for AMIs), Google (OS details), Microsoft (az vm image list).
"""

from __future__ import annotations

import pytest

from scanner.mapping.versions import system_of


@pytest.mark.parametrize(
    ("image", "system"),
    [
        ("ubuntu/images/hvm-ssd/ubuntu-focal-20.04-amd64-server-*", "Ubuntu 20.04"),
        ("ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-arm64-server-20250610", "Ubuntu 24.04"),
        ("ubuntu-os-cloud/ubuntu-2204-lts", "Ubuntu 22.04"),
        ("Canonical:UbuntuServer:18.04-LTS:latest", "Ubuntu 18.04"),
        ("Canonical:0001-com-ubuntu-server-jammy:22_04-lts-gen2:latest", "Ubuntu 22.04"),
        ("ubuntu-os-pro-cloud/ubuntu-pro-1804-lts", None),  # fixes come with the image
        ("/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-x86_64-gp2", "Amazon Linux 2"),
        ("/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64", "Amazon Linux 2023"),
        ("amzn-ami-hvm-2018.03.0.20230306.1-x86_64-gp2", "Amazon Linux 1"),
        ("AL2_x86_64", "Amazon Linux 2"),
        ("AL2023_x86_64_STANDARD", "Amazon Linux 2023"),
        ("BOTTLEROCKET_x86_64", None),
        ("debian-cloud/debian-11", "Debian 11"),
        ("Debian:debian-12:12:latest", "Debian 12"),
        ("windows-cloud/windows-server-2012-r2-dc-v20231011", "Windows Server 2012"),
        ("MicrosoftWindowsServer:WindowsServer:2019-Datacenter:latest", "Windows Server 2019"),
        ("RedHat:RHEL:7.8:latest", "Red Hat Enterprise Linux 7"),
        ("rhel-cloud/rhel-9", "Red Hat Enterprise Linux 9"),
        ("my-own-image-1.4", None),
    ],
)
def test_the_system_that_the_name_of_an_image_tells(image: str, system: str | None) -> None:
    assert system_of(image) == system
