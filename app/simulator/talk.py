"""The conversation by itself: the machine, the words, and nothing else."""

from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from app.conversation import session as parts
from app.conversation.machine import advance
from app.conversation.reading import Reading, read
from app.conversation.session import CaseView, Facts, Session
from app.conversation.vocabulary import OWN_NAMES
from app.domain.reference import Chance, new_case_number, new_pin
from app.domain.taxonomy import Category, State
from app.wording.catalog import Catalog
from app.wording.line import Line

_SOON = "…"  # stands for the date that only a calendar knows


@dataclass(slots=True)
class Talk:
    """A talk with one phone. Every valid six-digit code is a known site here."""

    languages: tuple[str, ...]
    catalog: Catalog
    chance: Chance
    session: Session = field(default_factory=Session)
    case: CaseView | None = None
    pin: str = ""
    is_rested: bool = True

    def rest(self) -> None:
        """Let thirty minutes go by: whoever holds the phone may be another."""
        self.is_rested = True

    def hear(self, text: str) -> list[str]:
        """Return what is said and, in brackets, what is done."""
        heard = read(text)
        turn = advance(self.session, heard, self._facts(heard))
        self.session = turn.session
        done = [self._carry_out(act) for act in turn.acts]
        self.is_rested = False
        language = turn.session.language or self.languages[0]
        said = [self._render(line, language) for line in turn.said]
        return [*said, *(f"[{act}]" for act in done)]

    def _facts(self, heard: Reading) -> Facts:
        proved = self.case if self.pin and self.pin in heard.pins else None
        is_open = self.case is not None and not self.case.state.is_closed
        return Facts(
            languages=self.languages,
            known_sites=frozenset(heard.codes),
            is_rested=self.is_rested,
            case=self.case if is_open else None,
            proved=proved,
        )

    def _carry_out(self, act: parts.Act) -> str:
        match act:
            case parts.Open(site, category, is_danger):
                self.pin = new_pin(self.chance)
                self.case = CaseView(
                    number=new_case_number(self.chance),
                    state=State.RECEIVED,
                    has_site=site is not None,
                    conflict=None,
                    category=category or Category.OTHR,
                    may_text=None,
                )
                danger = ", danger" if is_danger else ""
                return f"opens a case: {category or 'not clear'}, {site or 'no site'}{danger}"
            case parts.Add():
                return "files it to the case"
            case parts.Raise():
                return "raises it to S1"
            case parts.SetSite(code):
                self._change(has_site=True)
                return f"site {code}"
            case parts.SetConflict(answer):
                self._change(conflict=answer)
                return f"about committee, HR or owner: {answer}"
            case parts.SetTopic(category):
                self._change(category=category)
                return f"about {category}"
            case parts.SetMayText(yes):
                self._change(may_text=yes)
                return f"may text this phone: {'yes' if yes else 'no'}"
            case parts.SetSolved(yes):
                state = State.CLOSED_CONFIRMED if yes else State.REOPENED
                self._change(state=state)
                return "the worker says: " + ("solved" if yes else "not solved")
            case parts.SetLanguage(code):
                return f"language {code}"
            case parts.AskWithdraw():
                return "asks to withdraw"
            case parts.TakeBackWithdraw():
                return "keeps it after all"
            case parts.StopTexts():
                return "no more texts to this phone"
            case parts.AskCall():
                return "owes a call"
            case parts.CountContact(kind):
                return f"counts a contact: {kind}"

    def _change(self, **changed: object) -> None:
        if self.case is not None:
            self.case = replace(self.case, **changed)  # type: ignore[arg-type]

    def _render(self, line: Line, language: str) -> str:
        number = self.case.number if self.case else ""
        filled = line.using(
            number=f"{number[:4]}-{number[4:]}",
            pin=self.pin,
            date=_SOON,
            emergency="112",
            menu="\n".join(
                f"{i} {OWN_NAMES[code]}" for i, code in enumerate(self.languages, 1)
            ),
        )
        return self.catalog.render(filled, language, ZoneInfo("UTC"))
