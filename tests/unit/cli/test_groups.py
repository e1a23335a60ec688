"""Groups of permissions, as the commands name them."""

from forensics.collect.groups import all_groups


def test_the_help_names_every_group(run):
    _, out, _ = run("pull", "--help")
    told = " ".join(out.replace("│", " ").split())
    assert all(group in told for group in all_groups())


def test_a_group_that_is_none_is_a_usage_error(run):
    code, _, err = run("iam-policy", "--group", "nonsense")
    assert code == 2
    assert "functions" in err


def test_a_policy_without_configuration(run):
    code, out, _ = run("iam-policy", "--no-inventory")
    assert code == 0
    assert "lambda:" not in out
