# row: Cloud WAN / Lattice
# source: VPC Lattice User Guide, VPC associations; targets admit the prefix list of VPC Lattice
# base: vpc balanced other
# ask: aws_instance.o aws_instance.app 8080
# verdict: reachable, though it looks closed
# twin: vpc_identifier             = aws_vpc.o.id => vpc_identifier             = aws_vpc.v.id
# twin verdict: unreachable

resource "aws_lb" "b" {
  load_balancer_type = "network"
  internal           = true
  subnets            = [aws_subnet.private.id]
}

resource "aws_lb_target_group" "g" {
  port     = 9999
  protocol = "TCP"
  vpc_id   = aws_vpc.v.id
}

data "aws_ec2_managed_prefix_list" "lattice" {
  name = "com.amazonaws.eu-west-1.vpc-lattice"
}

resource "aws_security_group" "app" {
  vpc_id = aws_vpc.v.id
  ingress {
    protocol        = "tcp"
    from_port       = 8080
    to_port         = 8080
    prefix_list_ids = [data.aws_ec2_managed_prefix_list.lattice.id]
  }
}

resource "aws_vpclattice_service_network" "n" {
  name = "n"
}

resource "aws_vpclattice_service_network_vpc_association" "o" {
  vpc_identifier             = aws_vpc.o.id
  service_network_identifier = aws_vpclattice_service_network.n.id
}

resource "aws_vpclattice_service" "s" {
  name = "s"
}

resource "aws_vpclattice_service_network_service_association" "s" {
  service_identifier         = aws_vpclattice_service.s.id
  service_network_identifier = aws_vpclattice_service_network.n.id
}

resource "aws_vpclattice_listener" "l" {
  name               = "l"
  protocol           = "HTTP"
  port               = 80
  service_identifier = aws_vpclattice_service.s.id
  default_action {
    forward {
      target_groups {
        target_group_identifier = aws_vpclattice_target_group.t.id
      }
    }
  }
}

resource "aws_vpclattice_target_group" "t" {
  name = "t"
  type = "INSTANCE"
  config {
    port           = 8080
    protocol       = "HTTP"
    vpc_identifier = "${aws_vpc.v.id}"
  }
}

resource "aws_vpclattice_target_group_attachment" "t" {
  target_group_identifier = aws_vpclattice_target_group.t.id
  target {
    id = aws_instance.app.id
  }
}
