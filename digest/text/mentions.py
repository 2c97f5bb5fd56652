"""What authors mention in passing: where their code lies, their project's page, where the paper will appear."""

from __future__ import annotations

import re

_CODE_HOSTS = r"github\.com|gitlab\.com|codeberg\.org|bitbucket\.org|huggingface\.co|git\.sr\.ht"
_CODE = re.compile(rf"(?:https?://)?(?:www\.)?((?:{_CODE_HOSTS})/[\w.~-]+(?:/[\w.~-]+)*)", re.IGNORECASE)
_REPOSITORY = re.compile(r"github\.com/([A-Za-z0-9](?:[A-Za-z0-9-]{0,38}))/([\w.-]{1,100})", re.IGNORECASE | re.ASCII)
_PAGE_HOSTS = r"\b[\w-]{1,63}\.(?:github|gitlab)\.io|sites\.google\.com"
_PAGE = re.compile(rf"(?:https?://)?((?:{_PAGE_HOSTS})(?:/[\w.~%-]+)*)", re.IGNORECASE)
_CALLED_CODE = re.compile(r"\b(?:source )?code\b[^.;]{0,40}?(https?://[^\s,;)\]}>\"']+)", re.IGNORECASE)
_CALLED_PAGE = re.compile(
    r"\b(?:project(?: web)?[ -]?(?:page|site)|website|webpage|demo)\b[^.;]{0,30}?(https?://[^\s,;)\]}>\"']+)",
    re.IGNORECASE,
)
_TRAILING = ".,;:)]}>'\"~-/"


def find_code_url(*texts: str | None) -> str | None:
    """The first address of a code repository in the texts, as https, or None."""
    return _first_host(_CODE, texts) or _first_called(_CALLED_CODE, texts)


def find_repository(*texts: str | None) -> str:
    """The first repository on GitHub in the texts, as "owner/name", or an empty string."""
    for text in texts:
        for found in _REPOSITORY.finditer(text or ""):
            name = found[2].rstrip(_TRAILING).removesuffix(".git")
            if name:
                return f"{found[1]}/{name}"
    return ""


def find_project_url(*texts: str | None) -> str | None:
    """The first address of a project page in the texts, as https, or None."""
    return _first_host(_PAGE, texts) or _first_called(_CALLED_PAGE, texts)


def _first_host(pattern: re.Pattern[str], texts: tuple[str | None, ...]) -> str | None:
    for text in texts:
        found = pattern.search(text or "")
        if found:
            return "https://" + found[1].rstrip(_TRAILING).removesuffix(".git")
    return None


def _first_called(pattern: re.Pattern[str], texts: tuple[str | None, ...]) -> str | None:
    for text in texts:
        found = pattern.search(text or "")
        if found:
            return found[1].rstrip(_TRAILING).replace("http://", "https://", 1)
    return None


# Meetings and journals whose short name alone says where a paper appears, when a year stands beside it.
_KNOWN = (
    "AAAI|AAMAS|ACCV|ACL|ACM MM|AISTATS|ALT|ASE|ASPLOS|BMVC|CAV|CCS|CDC|CHI|CIKM|COLING|COLM|COLT|CoNLL|CoRL|CSCW|"
    "CVPR|DAC|DATE|EACL|ECAI|ECCV|ECIR|ECML|EMNLP|FAccT|FOCS|FSE|HPCA|HRI|ICALP|ICASSP|ICCAD|ICCV|ICDE|ICDM|ICIP|"
    "ICLR|ICML|ICPR|ICRA|ICSE|IJCAI|IJCNN|INFOCOM|Interspeech|INTERSPEECH|IROS|ISCA|ISIT|ISMAR|ISMIR|ISSTA|ITCS|ITSC|"
    "KDD|LICS|LREC(?:-COLING)?|MICCAI|MICRO|MIDL|MLSys|MobiCom|MOBICOM|NAACL|NDSS|NeurIPS|NIPS|NSDI|OOPSLA|OSDI|PLDI|"
    "PODS|POPL|RECOMB|RecSys|RSS|SC|SIGCOMM|SIGGRAPH(?: Asia)?|SIGIR|SIGMOD|SODA|SOSP|STOC|SDM|TMLR|UAI|UIST|USENIX "
    "Security|VLDB|WACV|WSDM|WWW|3DV"
)
_MEETING = re.compile(rf"\b({_KNOWN}) ?(?:'|’|-)?((?:20)?\d\d)\b(?!\s*pages)")
_ACCEPTED = re.compile(
    r"\b(accepted|to appear|published|presented|forthcoming)\b"
    r"(?: (?:for|as) (?:an? )?(?:oral|poster|spotlight|publication|presentation|(?:full|short|long|main|regular)?)"
    r"(?: paper| presentation| publication)?)*"
    r" (?:at|to|by|in|for|as part of)(?: the)?(?: proceedings of(?: the)?)? ([^.;:,()\n]{3,70})",
    re.IGNORECASE,
)
_NOT_YET = re.compile(
    r"\b(?:submitted|submission|under (?:review|consideration)|in review|extended version of)\b", re.IGNORECASE
)
_HONOUR = re.compile(r"\b(oral|spotlight|best (?:student )?paper|outstanding paper|highlight)\b", re.IGNORECASE)
_WORKSHOP = re.compile(r"\bworkshops?\b|\w@", re.IGNORECASE)
_FINDINGS = re.compile(r"\bfindings\b", re.IGNORECASE)
_SAYS = {
    "accepted": "Accepted at",
    "presented": "Presented at",
    "to appear": "To appear in",
    "forthcoming": "To appear in",
}
_SAYS_OF_JOURNAL = {**_SAYS, "accepted": "Accepted by"}
_LONGEST = 60


def find_venue(comment: str | None, journal_ref: str | None = None) -> str | None:
    """Where the paper appears, as a phrase such as `Accepted at ICML 2026 (oral)`, or None when nothing says so."""
    if journal_ref:
        return f"Published in {_shorten(journal_ref)}"
    if not comment or _NOT_YET.search(comment):
        return None
    said, meeting = _ACCEPTED.search(comment), _MEETING.search(comment)
    if meeting:
        name = f"{meeting[1]} {meeting[2] if len(meeting[2]) == 4 else '20' + meeting[2]}"
        return (f"{_SAYS.get(said[1].lower(), 'Published at')} {name}" if said else name) + _remark(comment)
    if said:
        return f"{_SAYS_OF_JOURNAL.get(said[1].lower(), 'Published in')} {_shorten(said[2])}" + _honour(comment)
    return None


def _remark(comment: str) -> str:
    """A workshop beside a meeting isn't the meeting, nor are its findings its proceedings."""
    if _WORKSHOP.search(comment):
        return " workshop" + _honour(comment)
    return (" Findings" if _FINDINGS.search(comment) else "") + _honour(comment)


def _honour(comment: str) -> str:
    found = _HONOUR.search(comment)
    return f" ({found[1].lower()})" if found else ""


def _shorten(name: str) -> str:
    name = " ".join(name.split()).strip(" .,-")
    if len(name) <= _LONGEST:
        return name
    return name[:_LONGEST].rsplit(" ", 1)[0].rstrip(" ,;-(") + " …"
