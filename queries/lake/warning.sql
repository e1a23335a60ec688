-- Telemetry that could not be read as it should: kept as far as it goes, never dropped in silence.
-- needs: evidence.warning normalized.warning
-- scope: case
-- severity: warning, or error where a whole record was lost
-- code: what kind of damage
-- message: what is wrong
-- source: import, or the table that the record is in
-- locator: file and place, or the record's identity
select severity, code, message, source, locator from evidence.warning
union all
select severity, code, message, source, locator from normalized.warning
