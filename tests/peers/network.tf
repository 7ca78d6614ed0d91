# The peer's work: the size of day 1's network, 54 resources. Nothing here says where it is served: the caller's
# environment does (AWS_ENDPOINT_URL and keys). Where the provider lets one say how long it tries to delete what
# something else still stands on, that is a minute, so that a teardown ends.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.60, < 6.0"
    }
  }
}

provider "aws" {
  region                      = "me-central-1"
  skip_metadata_api_check     = true
  skip_credentials_validation = true
  default_tags {
    tags = { Project = "cinema" }
  }
}

locals {
  zones = { a = 0, b = 1 }
  tiers = { public = 0, app = 1, private = 2 }
  places = { for pair in setproduct(keys(local.tiers), keys(local.zones)) :
    join("-", pair) => { tier = pair[0], zone = pair[1] }
  }

  groups = toset(["door", "office", "inner", "site", "booking", "films", "database", "cache"])
  guests = { door-http = 80, door-https = 443, office-https = 443 }
  talks = {
    site-door        = { from = "door", to = "site", port = 3001 }
    site-office      = { from = "office", to = "site", port = 3001 }
    inner-site       = { from = "site", to = "inner", port = 5002 }
    inner-office     = { from = "office", to = "inner", port = 5003 }
    booking-inner    = { from = "inner", to = "booking", port = 5002 }
    films-inner      = { from = "inner", to = "films", port = 5003 }
    films-booking    = { from = "booking", to = "films", port = 5003 }
    database-booking = { from = "booking", to = "database", port = 5432 }
    database-films   = { from = "films", to = "database", port = 5432 }
    cache-booking    = { from = "booking", to = "cache", port = 6379 }
    cache-site       = { from = "site", to = "cache", port = 6379 }
  }
  services = { site = 80, booking = 5002, films = 5003 }
}

resource "aws_vpc" "cinema" {
  cidr_block           = "10.241.0.0/16"
  enable_dns_hostnames = true
  tags                 = { Name = "cinema" }
}

resource "aws_subnet" "place" {
  for_each          = local.places
  vpc_id            = aws_vpc.cinema.id
  availability_zone = "me-central-1${each.value.zone}"
  cidr_block        = cidrsubnet(aws_vpc.cinema.cidr_block, 8, 10 * local.tiers[each.value.tier] + local.zones[each.value.zone])
  tags              = { Name = each.key }
  timeouts {
    delete = "1m"
  }
}

resource "aws_internet_gateway" "street" {
  vpc_id = aws_vpc.cinema.id
  tags   = { Name = "street" }
  timeouts {
    delete = "1m"
  }
}

resource "aws_eip" "sender" {
  domain = "vpc"
  tags   = { Name = "sender" }
}

resource "aws_nat_gateway" "post" {
  subnet_id     = aws_subnet.place["public-a"].id
  allocation_id = aws_eip.sender.id
  depends_on    = [aws_internet_gateway.street]
  tags          = { Name = "post" }
}

resource "aws_route_table" "map" {
  for_each = local.tiers
  vpc_id   = aws_vpc.cinema.id
  tags     = { Name = each.key }
}

resource "aws_route" "to_street" {
  route_table_id         = aws_route_table.map["public"].id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.street.id
}

resource "aws_route" "to_post" {
  route_table_id         = aws_route_table.map["app"].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.post.id
}

resource "aws_route_table_association" "place" {
  for_each       = local.places
  subnet_id      = aws_subnet.place[each.key].id
  route_table_id = aws_route_table.map[each.value.tier].id
}

resource "aws_vpc_endpoint" "storage" {
  vpc_id            = aws_vpc.cinema.id
  vpc_endpoint_type = "Gateway"
  service_name      = "com.amazonaws.me-central-1.s3"
  route_table_ids   = [for tier in ["app", "private"] : aws_route_table.map[tier].id]
  tags              = { Name = "storage" }
}

resource "aws_security_group" "room" {
  for_each    = local.groups
  vpc_id      = aws_vpc.cinema.id
  name        = "cinema-${each.key}"
  description = "Who may enter: ${each.key}"
  tags        = { Name = each.key }
  timeouts {
    delete = "1m"
  }
}

resource "aws_vpc_security_group_ingress_rule" "guest" {
  for_each          = local.guests
  security_group_id = aws_security_group.room[split("-", each.key)[0]].id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = each.value
  to_port           = each.value
}

resource "aws_vpc_security_group_ingress_rule" "talk" {
  for_each                     = local.talks
  security_group_id            = aws_security_group.room[each.value.to].id
  referenced_security_group_id = aws_security_group.room[each.value.from].id
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
}

resource "aws_vpc_security_group_egress_rule" "out" {
  for_each          = toset(["site", "booking", "films"])
  security_group_id = aws_security_group.room[each.key].id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}

resource "aws_lb" "inner" {
  name               = "cinema-inner"
  internal           = true
  load_balancer_type = "application"
  security_groups    = [aws_security_group.room["inner"].id]
  subnets            = [for zone in keys(local.zones) : aws_subnet.place["app-${zone}"].id]
}

resource "aws_lb_target_group" "service" {
  for_each    = local.services
  vpc_id      = aws_vpc.cinema.id
  name        = "cinema-${each.key}"
  target_type = "ip"
  protocol    = "HTTP"
  port        = each.value
  health_check {
    path = "/health"
  }
}

resource "aws_lb_listener" "service" {
  for_each          = local.services
  load_balancer_arn = aws_lb.inner.arn
  protocol          = "HTTP"
  port              = each.value
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.service[each.key].arn
  }
}
