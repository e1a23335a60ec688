-- Which records could not be read, or only in part?
-- topic: coverage
-- severity: how bad
-- code: what sort of damage
-- warnings: how many
-- message: one of them
-- locator: where that record lies
select
    severity, code, count(*) as warnings, min({'message': message, 'locator': locator}).message as message,
    min({'message': message, 'locator': locator}).locator as locator
from lake.warning
group by severity, code
order by warnings desc, severity, code
