"""What titles are called, for the operator, who is told of all of them."""

from collections.abc import Collection

from matinee.contracts.catalog_pb2 import Audience, GetTitlesRequest
from matinee.contracts.catalog_rpc import CatalogClient
from matinee.ports.rpc import Call

EVERYTHING = Audience(operator=True, maturity_limit=18)


async def names_of(catalog: CatalogClient, title_ids: Collection[str], call: Call) -> dict[str, str]:
    """By id; an episode with its series. Those the house has no longer are not there."""
    if not title_ids:
        return {}
    found = (await catalog.get_titles(GetTitlesRequest(title_ids=sorted(title_ids), audience=EVERYTHING), call)).titles
    return {each.title_id: f"{each.series_name}: {each.name}" if each.series_name else each.name for each in found}
