"""Every path the API knows; documentation is made from here too."""

from typing import Any, NamedTuple

from engine.api import (
    alerts,
    api_keys,
    domain_setup,
    domains,
    events,
    explain,
    health,
    ips,
    log_head,
    new_ips,
    new_tenants,
    nodes,
    sending_domains,
    state,
    tenants,
    views,
)
from engine.api.call import AsOf, Body, Handler, OfTenant, Page, Reading
from engine.api.event_filters import EventFilter
from engine.api.new_tenants import NewTenant
from engine.values.scope import Scope

V2 = "/api/v2"


class Route(NamedTuple):
    method: str
    path: str
    scope: Scope | None  # None: no key is needed
    handler: Handler
    takes: Any  # the type of the body, or of the query where it is a Reading
    summary: str
    local: bool = False  # needs no key on this machine


ROUTES = (
    Route("POST", f"{V2}/tenants", "admin", new_tenants.create, NewTenant | list[NewTenant],
          "Create one tenant or several, each with a first key that is shown once"),
    Route("GET", f"{V2}/tenants", "read", tenants.listed, Page, "Tenants"),
    Route("GET", f"{V2}/tenants/{{slug}}", "read", tenants.show, AsOf, "One tenant"),
    Route("PATCH", f"{V2}/tenants/{{slug}}", "admin", tenants.change, tenants.TenantChange,
          "Change what is given of a tenant"),
    Route("POST", f"{V2}/keys", "admin", api_keys.issue, api_keys.NewKey,
          "Make a key for a tenant; it is shown once"),
    Route("GET", f"{V2}/keys", "admin", api_keys.listed, Page, "API keys, without their secrets"),
    Route("POST", f"{V2}/keys/{{id}}/revoke", "admin", api_keys.revoke, api_keys.Revocation,
          "Revoke a key"),
    Route("POST", f"{V2}/ips", "operate", new_ips.register, new_ips.NewIp,
          "Register a sending address; by default everything else follows by itself"),
    Route("GET", f"{V2}/ips", "read", ips.listed, ips.IpPage, "Sending addresses"),
    Route("GET", f"{V2}/ips/{{id}}", "read", ips.show, AsOf, "One sending address"),
    Route("GET", f"{V2}/ips/{{id}}/explain", "read", explain.explained, AsOf,
          "Why it is in this state: the decisions, and what each was made on"),
    Route("POST", f"{V2}/ips/{{id}}/warmup", "operate", ips.warm_up, OfTenant,
          "Warm up as soon as the guards hold"),
    Route("POST", f"{V2}/ips/{{id}}/retire", "operate", ips.retire, OfTenant,
          "Retire in steps over a week"),
    Route("POST", f"{V2}/ips/{{id}}/rest", "operate", ips.rest, OfTenant,
          "Close intake now, drain, and rest"),
    Route("POST", f"{V2}/ips/{{id}}/quarantine", "operate", ips.quarantine, ips.Because,
          "Stop at once, until a person releases it"),
    Route("POST", f"{V2}/ips/{{id}}/release", "operate", ips.release, ips.Because,
          "End a quarantine"),
    Route("POST", f"{V2}/ips/{{id}}/remedy", "operate", ips.remedy, ips.Remedy,
          "Record what a repeated listing came from, and what was done"),
    Route("POST", f"{V2}/domains/validate", "operate", domains.validate, domains.Validate,
          "Judge a domain's DNS as mailbox providers would, as it is or as it is proposed"),
    Route("POST", f"{V2}/domains/records", "read", domains.records, domains.NewRecords,
          "The records that a domain needs, ready to be published"),
    Route("POST", f"{V2}/domains", "operate", sending_domains.register, domain_setup.NewDomain,
          "Register a domain that the tenant sends from; its DNS is looked at from then on"),
    Route("GET", f"{V2}/domains", "read", sending_domains.listed, sending_domains.DomainPage,
          "Sending domains"),
    Route("GET", f"{V2}/domains/{{domain}}", "read", sending_domains.show, AsOf,
          "One sending domain: the last report, what is certain, and what has changed"),
    Route("PATCH", f"{V2}/domains/{{domain}}", "operate", sending_domains.change,
          domain_setup.DomainChange, "Change what is given of a sending domain"),
    Route("DELETE", f"{V2}/domains/{{domain}}", "operate", sending_domains.remove,
          sending_domains.Whose, "Remove a sending domain; anybody may register it then"),
    Route("POST", f"{V2}/domains/{{domain}}/check", "operate", sending_domains.check, OfTenant,
          "Look at its DNS now"),
    Route("POST", f"{V2}/nodes", "admin", nodes.register, nodes.NewNode,
          "Register a PowerMTA host, or change how it is reached"),
    Route("GET", f"{V2}/nodes", "admin", nodes.listed, Page, "PowerMTA hosts"),
    Route("PUT", f"{V2}/authority/{{over}}", "admin", nodes.set_authority, nodes.NewAuthority,
          "Let the engine act, or only observe: over engine, node-<name> or tenant-<slug>"),
    Route("GET", f"{V2}/events", "read", events.listed, events.EventPage,
          "The log, from a position on; waits if asked"),
    Route("GET", f"{V2}/events/stream", "read", events.streamed, EventFilter,
          "The log as server-sent events, resumed by Last-Event-ID"),
    Route("GET", f"{V2}/log/head", "read", log_head.shown, Reading,
          "The last event's position and digest, to be kept elsewhere"),
    Route("GET", f"{V2}/alerts", "read", state.alerts, state.AlertPage, "Alerts"),
    Route("POST", f"{V2}/alerts/acknowledge", "operate", alerts.acknowledge, alerts.Heard,
          "Say that an alert was heard"),
    Route("GET", f"{V2}/blacklists", "read", state.listings, state.ListingPage,
          "What the block lists say of each address"),
    Route("GET", f"{V2}/zones", "admin", state.zones, state.ZonePage,
          "How each block list itself is"),
    Route("GET", f"{V2}/effects", "read", state.effects, state.EffectPage,
          "Wishes that were withheld, refused, or are stuck"),
    Route("GET", f"{V2}/audit", "read", state.audit, state.AuditPage,
          "Who asked for what, and what became of it"),
    Route("GET", f"{V2}/rollouts", "read", state.rollouts, state.RolloutPage,
          "What each node is to be told, and was"),
    Route("GET", f"{V2}/servers", "read", state.servers, state.ServerPage,
          "MailWizz's delivery servers"),
    Route("GET", f"{V2}/agenda", "admin", state.agenda, Reading,
          "What is under way, wished for, and next"),
    Route("GET", f"{V2}/views", "admin", views.show, Reading,
          "How far the read models stand, and a rebuild that is under way"),
    Route("POST", f"{V2}/views/rebuild", "admin", views.rebuild, Body,
          "Make the read models anew from the log, and compare"),
    Route("GET", "/healthz", None, health.alive, Reading, "Whether the process lives"),
    Route("GET", "/readyz", None, health.ready, Reading, "Whether it can be asked"),
    Route("GET", "/metrics", "admin", health.metrics, Reading, "Prometheus metrics", local=True),
)  # fmt: skip
