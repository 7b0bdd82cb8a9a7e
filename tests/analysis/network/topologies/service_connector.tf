# row: Edge publishers
# source: App Runner Developer Guide, Enabling VPC access for outgoing traffic: past the groups of the connector
# base: vpc open db
# ask: aws_apprunner_service.s aws_instance.db 5432
# verdict: reachable, though it looks closed
# twin: security_groups    = [aws_security_group.open.id] => security_groups    = [aws_security_group.shut.id]
# twin verdict: unreachable

resource "aws_security_group" "shut" {
  vpc_id = aws_vpc.v.id
}

resource "aws_apprunner_vpc_connector" "c" {
  vpc_connector_name = "c"
  subnets            = [aws_subnet.private.id]
  security_groups    = [aws_security_group.open.id]
}

resource "aws_apprunner_service" "s" {
  service_name = "s"
  source_configuration {
    image_repository {
      image_identifier      = "public.ecr.aws/x/y:1"
      image_repository_type = "ECR_PUBLIC"
    }
  }
  network_configuration {
    egress_configuration {
      egress_type       = "VPC"
      vpc_connector_arn = aws_apprunner_vpc_connector.c.arn
    }
  }
}
