package ai.rails.standin.slack;

/// A person presses the button `actionId` of a message.
public record Press(String userId, String channel, String messageTs, String actionId) {}
