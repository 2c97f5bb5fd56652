"""arXiv's OAI-PMH answers written by hand, about papers that don't exist."""

from __future__ import annotations

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-11-20T05:00:00Z</responseDate>
<request verb="ListRecords">http://oaipmh.arxiv.org/oai</request>"""
FIRST, SECOND = "Wed, 4 Nov 2026 15:29:38 GMT", "Tue, 17 Nov 2026 01:50:08 GMT"


def header(paper_id: str, *, deleted: bool = False) -> str:
    status = ' status="deleted"' if deleted else ""
    return f"""<header{status}><identifier>oai:arXiv.org:{paper_id}</identifier><datestamp>2026-11-19</datestamp>
      <setSpec>cs:cs:CL</setSpec></header>"""


def raw(
    paper_id: str = "2611.00001",
    *,
    versions: tuple[str, ...] = (FIRST, SECOND),
    authors: str = "Ada Byron (London) and Bo Li",
    categories: str = "cs.CL cs.AI",
    title: str = "Counting Sheep",
    more: str = "",
) -> str:
    """One record in `arXivRaw`; texts are written as they are given."""
    dated = "".join(
        f'<version version="v{number}"><date>{at}</date><size>9kb</size></version>'
        for number, at in enumerate(versions, start=1)
    )
    return f"""<record>{header(paper_id)}<metadata><arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/">
      <id>{paper_id}</id><submitter>Ada Byron</submitter>{dated}<title>{title}</title><authors>{authors}</authors>
      <categories>{categories}</categories>{more}<abstract>  We count
      sheep.</abstract></arXivRaw></metadata></record>"""


def named(paper_id: str = "2611.00001", *authors: tuple[str, str, str]) -> str:
    """One record in `arXiv`, the authors as (forenames, key name, suffix)."""
    people = "".join(
        f"<author><keyname>{key}</keyname><forenames>{fore}</forenames><suffix>{suffix}</suffix></author>"
        for fore, key, suffix in authors or (("Ada", "Byron", ""), ("Bo", "Li", ""))
    )
    return f"""<record>{header(paper_id)}<metadata><arXiv xmlns="http://arxiv.org/OAI/arXiv/">
      <id>{paper_id}</id><created>2026-11-16</created><authors>{people}</authors><title>Counting Sheep</title>
      <categories>cs.CL cs.AI</categories></arXiv></metadata></record>"""


def deleted(paper_id: str = "2611.00009") -> str:
    return f"<record>{header(paper_id, deleted=True)}</record>"


def oai(*records: str, token: str | None = None) -> bytes:
    again = "" if token is None else f"<resumptionToken expires='2026-11-21T00:00:00Z'>{token}</resumptionToken>"
    return f"{HEAD}<ListRecords>{''.join(records)}{again}</ListRecords></OAI-PMH>".encode()


def oai_error(code: str, said: str = "No.") -> bytes:
    return f'{HEAD}<error code="{code}">{said}</error></OAI-PMH>'.encode()
