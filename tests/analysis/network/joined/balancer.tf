
# A network balancer of its own before the machines, at node port 30080, which their group admits.

resource "aws_lb" "l" {
  load_balancer_type = "network"
  subnets            = [aws_subnet.public.id]
}

resource "aws_lb_target_group" "t" {
  name     = "nodes"
  port     = 30080
  protocol = "TCP"
  vpc_id   = aws_vpc.v.id
}

resource "aws_lb_listener" "l" {
  load_balancer_arn = aws_lb.l.arn
  port              = 80
  protocol          = "TCP"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.t.arn
  }
}

resource "aws_autoscaling_attachment" "a" {
  autoscaling_group_name = aws_eks_node_group.n.resources[0].autoscaling_groups[0].name
  lb_target_group_arn    = aws_lb_target_group.t.arn
}

resource "aws_security_group_rule" "ports" {
  security_group_id = aws_eks_cluster.c.vpc_config[0].cluster_security_group_id
  type              = "ingress"
  protocol          = "tcp"
  from_port         = 30080
  to_port           = 30090
  cidr_blocks       = ["0.0.0.0/0"]
}
