package ai.rails.command.slack;

/// An app installed in somebody's Slack: a connector instance of a tenant.
public record SlackApp(String tenant, String instance) {}
