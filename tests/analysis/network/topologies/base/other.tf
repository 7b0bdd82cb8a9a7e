resource "aws_vpc" "o" {
  cidr_block = "10.1.0.0/16"
}

resource "aws_subnet" "o" {
  vpc_id            = aws_vpc.o.id
  cidr_block        = "10.1.1.0/24"
  availability_zone = "eu-west-1a"
}

resource "aws_security_group" "o" {
  vpc_id = aws_vpc.o.id
  ingress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_instance" "o" {
  subnet_id              = aws_subnet.o.id
  vpc_security_group_ids = [aws_security_group.o.id]
}
