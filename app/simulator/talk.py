"""The conversation by itself: the machine, the words, and nothing else."""

from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from app.conversation import session as parts
from app.conversation.asking import language_menu
from app.conversation.machine import advance
from app.conversation.reading import Reading, read
from app.conversation.rights_lines import in_country
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
    case: CaseView | None = None  # the one that is talked about
    pins: dict[str, CaseView] = field(default_factory=dict)  # all, by their PINs
    is_rested: bool = True
    message: str = ""  # what a person wrote to her

    def rest(self) -> None:
        """Let thirty minutes go by: whoever holds the phone may be another."""
        self.is_rested = True

    def become(self, state: State) -> None:
        """Let the people who handle the case bring it to this state."""
        self._change(state=state)

    def tell(self, words: str) -> None:
        """Let a person who handles the case write to her."""
        self.message = words

    def hear(self, text: str, *, has_media: bool = False) -> list[str]:
        """Return what is said and, in brackets, what is done."""
        heard = read(text, has_media=has_media)
        facts = self._facts(heard)
        if facts.proved is not None:
            self.case = facts.proved
        turn = advance(self.session, heard, facts)
        self.session = turn.session
        done = [self._carry_out(act) for act in turn.acts]
        self.is_rested = False
        language = turn.session.language or self.languages[0]
        said = [self._render(line, language) for line in turn.said]
        return [*said, *(f"[{act}]" for act in done)]

    def _facts(self, heard: Reading) -> Facts:
        proved = next((self.pins[pin] for pin in heard.pins if pin in self.pins), None)
        case = proved or self.case
        is_open = case is not None and not case.state.is_closed
        return Facts(
            languages=self.languages,
            known_sites=frozenset(heard.codes),
            is_rested=self.is_rested,
            case=case if is_open else None,
            proved=proved,
            message=self.message if proved else "",
        )

    def _carry_out(self, act: parts.Act) -> str:
        match act:
            case parts.Open():
                return self._open(act)
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
                self._change(state=State.CLOSED_CONFIRMED if yes else State.REOPENED)
                return "the worker says: " + ("solved" if yes else "not solved")
            case parts.SetReprisal(answer):
                return f"trouble because of it: {answer}"
            case parts.SetLanguage(code):
                self._change(language=code)
                return f"language {code}"
            case parts.AskWithdraw():
                return "asks to withdraw"
            case parts.RenewPin():
                return "gives the case another PIN"
            case parts.TakeBackWithdraw():
                return "keeps it after all"
            case parts.StopTexts():
                return "no more texts to this phone"
            case parts.AskCall():
                return "owes a call"
            case parts.CountContact(kind):
                return f"counts a contact: {kind}"

    def _open(self, act: parts.Open) -> str:
        self.case = CaseView(
            number=new_case_number(self.chance),
            state=State.RECEIVED,
            has_site=act.site is not None,
            conflict=None,
            category=act.category or Category.OTHR,
            may_text=None,
            language=self.session.language or self.languages[0],
        )
        self.pins[new_pin(self.chance)] = self.case
        about, site = act.category or "not clear", act.site or "no site"
        danger = ", danger" if act.is_danger else ""
        return f"opens a case: {about}, {site}{danger}"

    @property
    def pin(self) -> str:
        """The PIN of the case that is talked about; blank where there is none."""
        return next((pin for pin, case in self.pins.items() if case is self.case), "")

    def _change(self, **changed: object) -> None:
        pin = self.pin
        if self.case is not None:
            self.case = replace(self.case, **changed)  # type: ignore[arg-type]
            self.pins[pin] = self.case

    @property
    def _country(self) -> str:
        """A line that speaks Bengali first is taken for one in Bangladesh."""
        return "BD" if self.languages[0] == "bn" else "IN"

    def _render(self, line: Line, language: str) -> str:
        number = self.case.number if self.case else ""
        menu = language_menu(self.languages)
        filled = in_country(line, self._country).using(
            number=f"{number[:4]}-{number[4:]}",
            pin=self.pin,
            date=_SOON,
            emergency="112",
            menu="\n".join(f"{i} {OWN_NAMES[code]}" for i, code in enumerate(menu, 1)),
        )
        return self.catalog.render(filled, language, ZoneInfo("UTC"))
