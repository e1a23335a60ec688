"""Configuration, as it was kept."""


def test_empty(check):
    check("lake.resource", {}, "node | kind")


def test_every_look_is_a_row(check):
    rows = """
        node | kind                  | arn | seen_at | configuration
        pay  | AWS::Lambda::Function | a:b | 3600    | {}
        pay  | AWS::Lambda::Function | a:b | 7200    | {"Timeout":3}
        -    | AWS::EC2::Subnet      | -   | -       | {}"""
    check("lake.resource", {"evidence.resource": rows}, rows)
