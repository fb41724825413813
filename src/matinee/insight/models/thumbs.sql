-- What each profile thinks of each title: its latest thumb, unless that was taken back.
with told as (
  select
    profile_id,
    title_id,
    thumb,
    happened,
    row_number() over (partition by profile_id, title_id order by happened desc, sequence desc) as nth
  from ledger
  where kind = 'thumbed'
)
select profile_id, title_id, thumb, happened
from told
where nth = 1 and thumb <> 'none'
