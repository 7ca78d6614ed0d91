"""GitHub as somebody whose word AWS takes: its workflows sign in with a token of GitHub's, and no key is stored.

Facts: aws-reality 7.10. An account has one provider for each address, so it is shared with whoever else uses GitHub.
"""

from __future__ import annotations

from typing import Any

from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network.tagged import unless_gone
from muvi_provision.resource import Change, Live, Resource

PROVIDER_HOST = "token.actions.githubusercontent.com"


class OidcProvider(
    Resource,
    shared=True,
    mutable={"audience"},
    outputs={"arn"},
    actions={
        "iam:AddClientIDToOpenIDConnectProvider", "iam:CreateOpenIDConnectProvider", "iam:GetOpenIDConnectProvider",
        "iam:ListOpenIDConnectProviders",
    },
    card="iam",
):  # fmt: skip
    """The provider at ``https://<host>``, for tokens meant for ``audience``. Its id is its ARN, the output too.

    One that is there is used as it is, and the audience added; it is never deleted. Thumbprints are not told: AWS has
    not looked at GitHub's since 2023.
    """

    host: str
    audience: str

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        """In the list of all. Whom its tokens are for costs another call, which a plan does without."""
        every = aws.read("iam", "list_open_id_connect_providers")["OpenIDConnectProviderList"]
        arn = next((each["Arn"] for each in every if each["Arn"].endswith(f":oidc-provider/{self.host}")), None)
        if arn is None:
            return None
        if known_id and not aws.thorough and not aws.as_of:
            return Live(arn, {})
        with unless_gone():
            return Live(arn, aws.read("iam", "get_open_id_connect_provider", OpenIDConnectProviderArn=arn))
        return None

    def create(self, aws: Aws) -> str:
        made = aws.iam.create_open_id_connect_provider(Url=f"https://{self.host}", ClientIDList=[self.audience])
        return made["OpenIDConnectProviderArn"]

    def observe(self, live: Live) -> dict[str, Any]:
        """Others may have theirs beside ours."""
        if not live.raw:
            return {}
        audiences = live.raw.get("ClientIDList", [])
        return {"audience": self.audience if self.audience in audiences else ", ".join(audiences)}

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:  # noqa: ARG002
        aws.iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=live.id, ClientID=self.audience)

    def delete(self, aws: Aws, live: Live) -> None:
        """Never: other projects may sign in by it, and it costs nothing."""

    def outputs(self, live: Live) -> dict[str, str]:
        return {"arn": live.id}
