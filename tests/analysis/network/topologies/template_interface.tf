# row: IGW
# source: EC2 API, LaunchTemplateInstanceNetworkInterfaceSpecification: AssociatePublicIpAddress
# base: vpc open
# ask: internet aws_autoscaling_group.g 443
# verdict: reachable, though it looks closed
# twin: associate_public_ip_address = true => associate_public_ip_address = false
# twin verdict: unreachable

resource "aws_launch_template" "t" {
  network_interfaces {
    associate_public_ip_address = true
    security_groups             = [aws_security_group.open.id]
  }
}

resource "aws_autoscaling_group" "g" {
  min_size            = 1
  max_size            = 2
  vpc_zone_identifier = [aws_subnet.public.id]
  launch_template {
    id = aws_launch_template.t.id
  }
}
