# row: Edge publishers
# source: App Runner Developer Guide, Private endpoints: is_publicly_accessible
# ask: internet aws_apprunner_service.s 443
# verdict: reachable, though it looks closed
# twin: is_publicly_accessible = true => is_publicly_accessible = false
# twin verdict: unreachable

resource "aws_apprunner_service" "s" {
  service_name = "s"
  network_configuration {
    ingress_configuration {
      is_publicly_accessible = true
    }
  }
}
