# row: ENI attach points
# source: ECS Developer Guide, Fargate task networking: assignPublicIp
# base: vpc open
# ask: internet aws_ecs_service.s 80
# verdict: reachable, though it looks closed
# twin: assign_public_ip = true => assign_public_ip = false
# twin verdict: unreachable

resource "aws_ecs_service" "s" {
  name = "s"
  network_configuration {
    subnets          = [aws_subnet.public.id]
    security_groups  = [aws_security_group.open.id]
    assign_public_ip = true
  }
}
