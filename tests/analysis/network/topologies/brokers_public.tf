# row: RDS etc.
# source: MSK Developer Guide, Turn on public access: brokers get public addresses only where it is asked for
# base: vpc open
# ask: internet aws_msk_cluster.k 9196
# verdict: reachable, though it looks closed
# twin: "SERVICE_PROVIDED_EIPS" => "DISABLED"
# twin verdict: unreachable

resource "aws_msk_cluster" "k" {
  cluster_name           = "k"
  kafka_version          = "3.6.0"
  number_of_broker_nodes = 1
  broker_node_group_info {
    instance_type   = "kafka.m5.large"
    client_subnets  = [aws_subnet.public.id]
    security_groups = [aws_security_group.open.id]
    connectivity_info {
      public_access {
        type = "SERVICE_PROVIDED_EIPS"
      }
    }
  }
}
