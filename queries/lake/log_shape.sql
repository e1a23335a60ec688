-- One distinct template of lake.log_template, and the shape that it has in common with others: names of users,
-- cities or tables that no mask can know are <*> where they take turns in the same sentence. A sentence is a
-- path of words in a tree of its own length; a place in it is open where ten words and more were seen between
-- the very same others. Words in quotes or with dots (modules, classes, hosts) never open a place: what differs
-- there is another message.
-- needs: lake.log_template
-- scope: case
-- template: the masked text
-- shape: the text with its open places masked too
-- shape_version: raised where the masking or the tree changes: shapes of different versions are not comparable
-- records: number of records with this template
with told as (
    select template, template_version, count(*) as records, string_split(template, ' ') as words
    from lake.log_template
    group by template, template_version
),
placed as (
    select template, words, unnest(words) as word, generate_subscripts(words, 1) as place
    from told
    where len(words) between 2 and 40
),
around as (
    select
        template, place,
        md5(concat_ws(' ', array_to_string(words[:place - 1], ' '), '<?>', array_to_string(words[place + 1:], ' ')))
            as sentence
    from placed
    where regexp_full_match(word, '[\w-]+[,;:]?')
),
open_ as (
    select sentence
    from around
    group by sentence
    having count(distinct template) >= 10
),
opened as (
    select template, list(place order by place) as places
    from around
    semi join open_ using (sentence)
    group by template
)
select
    told.template,
    case when places is null then told.template else array_to_string(
        list_transform(words, lambda w, i: case when list_contains(places, i) then '<*>' else w end), ' ') end as shape,
    10 + template_version as shape_version, records
from told
left join opened on told.template = opened.template
