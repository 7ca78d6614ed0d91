"""The rule groups that AWS manages for WAF, with what each costs and holds (aws-reality 6.8)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Group:
    """``capacity`` in WCU. ``label``: its part of the labels' names. ``counted``: rules that only count."""

    capacity: int
    label: str
    description: str
    rules: tuple[str, ...]
    counted: tuple[str, ...] = ()
    versioned: bool = True

    @property
    def namespace(self) -> str:
        return f"awswaf:managed:aws:{self.label}:"


GROUPS: dict[str, Group] = {
    "AWSManagedRulesCommonRuleSet": Group(
        700,
        "core-rule-set",
        "Contains rules that are generally applicable to web applications.",
        (
            "NoUserAgent_HEADER", "UserAgent_BadBots_HEADER", "SizeRestrictions_QUERYSTRING",
            "SizeRestrictions_Cookie_HEADER", "SizeRestrictions_BODY", "SizeRestrictions_URIPATH",
            "EC2MetaDataSSRF_BODY", "EC2MetaDataSSRF_COOKIE", "EC2MetaDataSSRF_URIPATH",
            "EC2MetaDataSSRF_QUERYARGUMENTS", "GenericLFI_QUERYARGUMENTS", "GenericLFI_URIPATH", "GenericLFI_BODY",
            "RestrictedExtensions_URIPATH", "RestrictedExtensions_QUERYARGUMENTS", "GenericRFI_QUERYARGUMENTS",
            "GenericRFI_BODY", "GenericRFI_URIPATH", "CrossSiteScripting_COOKIE", "CrossSiteScripting_QUERYARGUMENTS",
            "CrossSiteScripting_BODY", "CrossSiteScripting_URIPATH",
        ),
    ),
    "AWSManagedRulesAdminProtectionRuleSet": Group(
        100, "admin-protection", "Blocks external access to exposed admin pages.", ("AdminProtection_URIPATH",)
    ),
    "AWSManagedRulesKnownBadInputsRuleSet": Group(
        200,
        "known-bad-inputs",
        "Blocks request patterns that are known to be invalid.",
        (
            "JavaDeserializationRCE_HEADER", "JavaDeserializationRCE_BODY", "JavaDeserializationRCE_URIPATH",
            "JavaDeserializationRCE_QUERYSTRING", "Host_localhost_HEADER", "PROPFIND_METHOD",
            "ExploitablePaths_URIPATH", "Log4JRCE_HEADER", "Log4JRCE_QUERYSTRING", "Log4JRCE_BODY",
            "Log4JRCE_URIPATH", "ReactJSRCE_BODY",
        ),
    ),
    "AWSManagedRulesSQLiRuleSet": Group(
        200,
        "sql-database",
        "Blocks request patterns associated with the exploitation of SQL databases.",
        (
            "SQLi_QUERYARGUMENTS", "SQLiExtendedPatterns_QUERYARGUMENTS", "SQLi_BODY", "SQLiExtendedPatterns_BODY",
            "SQLi_COOKIE", "SQLi_URIPATH",
        ),
    ),
    "AWSManagedRulesLinuxRuleSet": Group(
        200,
        "linux-os",
        "Blocks request patterns associated with the exploitation of vulnerabilities specific to Linux.",
        ("LFI_URIPATH", "LFI_QUERYSTRING", "LFI_HEADER"),
    ),
    "AWSManagedRulesUnixRuleSet": Group(
        100,
        "posix-os",
        "Blocks request patterns associated with the exploitation of vulnerabilities specific to POSIX.",
        ("UNIXShellCommandsVariables_QUERYSTRING", "UNIXShellCommandsVariables_BODY",
         "UNIXShellCommandsVariables_HEADER"),
    ),
    "AWSManagedRulesWindowsRuleSet": Group(
        200,
        "windows-os",
        "Blocks request patterns associated with the exploitation of vulnerabilities specific to Windows.",
        (
            "WindowsShellCommands_COOKIE", "WindowsShellCommands_QUERYARGUMENTS", "WindowsShellCommands_BODY",
            "PowerShellCommands_COOKIE", "PowerShellCommands_QUERYARGUMENTS", "PowerShellCommands_BODY",
        ),
    ),
    "AWSManagedRulesPHPRuleSet": Group(
        100,
        "php-app",
        "Blocks request patterns associated with the exploitation of vulnerabilities specific to PHP.",
        ("PHPHighRiskMethodsVariables_HEADER", "PHPHighRiskMethodsVariables_QUERYSTRING",
         "PHPHighRiskMethodsVariables_BODY"),
    ),
    "AWSManagedRulesWordPressRuleSet": Group(
        100,
        "wordpress-app",
        "Blocks request patterns associated with the exploitation of vulnerabilities specific to WordPress sites.",
        ("WordPressExploitableCommands_QUERYSTRING", "WordPressExploitablePaths_URIPATH"),
    ),
    "AWSManagedRulesAmazonIpReputationList": Group(
        25,
        "amazon-ip-list",
        "Contains rules that are based on Amazon threat intelligence.",
        ("AWSManagedIPReputationList", "AWSManagedReconnaissanceList", "AWSManagedIPDDoSList"),
        counted=("AWSManagedIPDDoSList",),
        versioned=False,
    ),
    "AWSManagedRulesAnonymousIpList": Group(
        50,
        "anonymous-ip-list",
        "Blocks requests from services that hide the identity of viewers.",
        ("AnonymousIPList", "HostingProviderIPList"),
        versioned=False,
    ),
}  # fmt: skip
