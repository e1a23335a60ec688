-- A request, message, execution or invocation that ended badly, once per chain, with its verdict.
-- needs: rootcause.verdict
-- scope: case
-- failure: id of the failure
-- chain: chain that failed
-- node: node where it shows
-- failed_at: when it showed, UTC
-- kind: how it shows, such as http_5xx, exception or timeout
-- message: what the symptom says
-- origin_node: node where it began
-- origin_kind: X-Ray's type of that node
-- category: what went wrong there
-- confidence: 0 to 1
-- band: proven, likely or possible
-- issue: issue that it belongs to
-- symptom: invocation in which it shows
-- trace_id: trace of the chain's root or symptom, null where nothing was traced
select
    failure, chain, node, failed_at, symptom_kind as kind, message, origin_node, origin_kind, category,
    confidence, band, issue, symptom, trace_id
from rootcause.verdict
