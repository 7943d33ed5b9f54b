"""Which sources a crawl process gets."""

from monitor.crawling import HOSTS, errands
from storage.values import Source


def source(number: int, host: int) -> Source:
    return Source(f"s{number}", "", "column", f"http://host{host}.example/{number}/", 4)


def test_sources_of_a_host_share_a_process_and_a_process_has_a_few_hosts() -> None:
    every = [source(number, number // 2) for number in range(2 * 25)]
    lanes = errands(every, frozenset(), jobs=2)
    told = [source.id for lane in lanes for errand in lane for source in errand.sources]
    assert sorted(told) == sorted(source.id for source in every)
    hosts = [{source.start.split("/")[2] for errand in lane for source in errand.sources} for lane in lanes]
    assert len(lanes) == 3
    assert all(len(some) <= HOSTS for some in hosts)
    assert sum(map(len, hosts)) == 25


def test_a_few_hosts_are_spread_over_the_processes_that_may_run() -> None:
    assert [len(lane[0].sources) for lane in errands([source(n, n) for n in range(4)], frozenset(), jobs=3)] == [
        2,
        1,
        1,
    ]
    assert len(errands([source(0, 0)], frozenset(), jobs=3)) == 1


def test_what_is_looked_at_for_the_first_time_is_quiet_and_goes_before() -> None:
    [[first, then]] = errands([source(1, 1), source(2, 1)], frozenset({"s2"}), jobs=1)
    assert (first.quiet, [source.id for source in first.sources]) == (True, ["s2"])
    assert (then.quiet, [source.id for source in then.sources]) == (False, ["s1"])
