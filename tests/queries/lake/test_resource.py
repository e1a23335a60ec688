"""Configuration, as it was kept."""

# ruff: noqa: E501 - a row of a table is one line


def test_empty(check):
    check("lake.resource", {}, "node | kind")


def test_every_look_is_a_row(check):
    rows = """
        node | kind                  | arn | seen_at | configuration
        pay  | AWS::Lambda::Function | a:b | 3600    | {}
        pay  | AWS::Lambda::Function | a:b | 7200    | {"Timeout":3}
        -    | AWS::EC2::Subnet      | -   | -       | {}"""
    check("lake.resource", {"evidence.resource": rows}, rows)


def test_a_host_name_leads_to_its_node(check):
    rows = """
        node | kind                                      | region    | configuration
        shop | AWS::ElasticLoadBalancingV2::LoadBalancer | eu-west-1 | {"DNSName":"Shop-1.eu-west-1.elb.amazonaws.com"}
        db   | AWS::RDS::DBInstance                      | eu-west-1 | {"Endpoint":{"Address":"db.x.rds.amazonaws.com"}}
        pay  | AWS::Lambda::Url                          | eu-west-1 | {"FunctionUrl":"https://u.lambda-url.on.aws/"}
        old  | AWS::RDS::DBInstance                      | eu-west-1 | {}
        odd  | AWS::RDS::DBInstance                      | eu-west-1 | {
        pay  | AWS::Lambda::Function                     | eu-west-1 | {}
        pics | AWS::S3::Bucket                           | eu-west-1 | {}"""
    expected = """
        host                               | node
        shop-1.eu-west-1.elb.amazonaws.com | shop
        db.x.rds.amazonaws.com             | db
        u.lambda-url.on.aws                | pay
        pics.s3.amazonaws.com              | pics
        pics.s3.eu-west-1.amazonaws.com    | pics"""
    check("lake.resource_host", {"lake.resource": rows}, expected)
    check("lake.resource_host", {}, "host | node")
