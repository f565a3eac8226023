-- One row per line of the files of aliases.
select
  kind,
  coalesce(name, '') as name,
  coalesce(provider, '') as provider,
  coalesce(meaning, '') as meaning
from read_csv(
  $paths,
  header = true,
  auto_detect = false,
  delim = ',',
  quote = '"',
  columns = {'kind': 'varchar', 'name': 'varchar', 'provider': 'varchar', 'meaning': 'varchar', 'source': 'varchar'}
)
