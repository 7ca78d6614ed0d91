"""Every error the product raises on purpose.

    MuviError                        exit
    ├── StepFailed                    1   something a step needs could not be done
    │   ├── AwsRefused                    AWS answered with an error that repeating will not mend
    │   ├── NameTaken                     the name exists and is not ours
    │   ├── ReadinessFailed               AWS gave up on an object that was being made
    │   ├── ChangeBlocked                 AWS cannot make this change in place
    │   ├── CheckFailed                   a read-only assertion did not hold
    │   └── InTheWay                      somebody else's object keeps ours from being deleted
    ├── StateError                    1   the record of what was made cannot be read or written
    │   ├── StateCorrupt                  and neither its log nor its backup mends it
    │   ├── StateTooNew                   written by a later version
    │   └── StateNotWritten               disk full, read-only, or refused
    ├── SandboxError                  1   the embedded AWS cannot start or has gone
    ├── OutputNotWritten              1   nobody can read the result: a full disk behind stdout
    ├── UsageError                    2   wrong words on the command line
    │   ├── EnvironmentMissing            no such environment file
    │   ├── EnvironmentInvalid            an environment file that is not valid, all complaints at once
    │   └── AnswerMissing                 a question nobody is there to answer
    ├── Declined                      3   a confirmation was answered with no
    ├── NotSignedIn                   4   no credentials, or expired, or rejected
    │   ├── SignInExpired
    │   └── SignInRejected
    ├── GuardRefused                  5   nothing was called but "who am I"
    │   ├── WrongAccount                  not the account this environment is pinned to
    │   ├── ProductionRefused             id, alias, profile name or address range of production
    │   ├── RegionUnusable                not opted in, not existing, not answering
    │   ├── QuotaTooLow
    │   └── NotOurs                       an object without our ownership tags would be changed
    ├── Locked                        6   another run holds the lock
    ├── TimedOut                      8   AWS goes on with it; the same command continues
    ├── WaitingForPerson              9   a gate is closed, everything else is done
    └── Interrupted                 130   stopped by Ctrl-C, state saved

Each says where, what, why and the next command, and has a code that stays the same
between versions (``MUVI-2043``): the first digit is the family, which is the exit code
where there is one.
"""

from __future__ import annotations

from typing import ClassVar


class MuviError(Exception):
    """An error for a person: a fixed summary, the values, the reason and what to type next.

    Args:
        what: one sentence with the values ("10.230.0.0/16 overlaps 10.230.0.0/16").
        where: the place ("runbook/environments/uat.yaml:12:9", "subnet/app-a").
        why: the reason, when AWS or the file gives one.
        next: commands that can be pasted, most useful first.
    """

    code: ClassVar[str] = "MUVI-1000"
    exit_code: ClassVar[int] = 1
    summary: ClassVar[str] = "something unexpected happened"

    def __init__(self, what: str = "", *, where: str = "", why: str = "", next: tuple[str, ...] = ()) -> None:  # noqa: A002
        super().__init__(what or self.summary)
        self.what = what
        self.where = where
        self.why = why
        self.next = next

    def __str__(self) -> str:
        said = (("where", self.where), ("what", self.what), ("why", self.why))
        parts = [f"{self.code}: {self.summary}", *(f"{name}: {value}" for name, value in said if value)]
        parts += [f"next: {command}" for command in self.next]
        return "; ".join(parts)


class StepFailed(MuviError):
    code, summary = "MUVI-1001", "a step failed"


class AwsRefused(StepFailed):
    code, summary = "MUVI-1010", "AWS refused the request"


class NameTaken(StepFailed):
    code, summary = "MUVI-1011", "the name is already used by something that is not ours"


class ReadinessFailed(StepFailed):
    code, summary = "MUVI-1012", "AWS could not make it ready"


class ChangeBlocked(StepFailed):
    code, summary = "MUVI-1013", "AWS cannot change this in place"


class CheckFailed(StepFailed):
    code, summary = "MUVI-1014", "a check did not hold"


class InTheWay(StepFailed):
    code, summary = "MUVI-1015", "something that is not ours stands in the way"


class StateError(MuviError):
    code, summary = "MUVI-1020", "the state cannot be used"


class StateCorrupt(StateError):
    code, summary = "MUVI-1021", "the state file is damaged and cannot be mended from its log or backup"


class StateTooNew(StateError):
    code, summary = "MUVI-1022", "the state file was written by a later version of muvi-provision"


class StateNotWritten(StateError):
    code, summary = "MUVI-1023", "the state could not be written, so nothing more was done"


class SandboxError(MuviError):
    code, summary = "MUVI-1030", "the sandbox is not usable"


class OutputNotWritten(MuviError):
    code, summary = "MUVI-1040", "the output could not be written"


class UsageError(MuviError):
    code, exit_code, summary = "MUVI-2001", 2, "the command line is not right"


class EnvironmentMissing(UsageError):
    code, summary = "MUVI-2010", "there is no such environment file"


class EnvironmentInvalid(UsageError):
    """All complaints about one environment file; ``complaints`` are ready-made lines ``file:line:column: text``."""

    code, summary = "MUVI-2011", "the environment file is not valid"

    def __init__(self, complaints: tuple[str, ...], *, where: str = "", next: tuple[str, ...] = ()) -> None:  # noqa: A002
        super().__init__("\n".join(complaints), where=where, next=next)
        self.complaints = complaints


class AnswerMissing(UsageError):
    code, summary = "MUVI-2020", "a question needs an answer and nobody is there to give it"


class Declined(MuviError):
    code, exit_code, summary = "MUVI-3001", 3, "not confirmed, so nothing was done"


class NotSignedIn(MuviError):
    code, exit_code, summary = "MUVI-4001", 4, "not signed in to AWS"


class SignInExpired(NotSignedIn):
    code, summary = "MUVI-4002", "the AWS sign-in has expired"


class SignInRejected(NotSignedIn):
    code, summary = "MUVI-4003", "AWS rejected the credentials"


class GuardRefused(MuviError):
    code, exit_code, summary = "MUVI-5001", 5, "a guard refused to go on"


class WrongAccount(GuardRefused):
    code, summary = "MUVI-5010", "this is not the account the environment is pinned to"


class ProductionRefused(GuardRefused):
    code, summary = "MUVI-5011", "this is production"


class RegionUnusable(GuardRefused):
    code, summary = "MUVI-5012", "the region cannot be used"


class QuotaTooLow(GuardRefused):
    code, summary = "MUVI-5013", "a quota of the account is too low"


class NotOurs(GuardRefused):
    code, summary = "MUVI-5014", "this object does not bear our ownership tags"


class Locked(MuviError):
    code, exit_code, summary = "MUVI-6001", 6, "another run holds the lock"


class TimedOut(MuviError):
    code, exit_code, summary = "MUVI-8001", 8, "it takes longer than it should; AWS goes on with it"


class WaitingForPerson(MuviError):
    code, exit_code, summary = "MUVI-9001", 9, "waiting for you; everything else is done"


class Interrupted(MuviError):
    code, exit_code, summary = "MUVI-1300", 130, "interrupted; the state is saved"
