package ai.rails.standin.servicenow;

/// An incident that a person reported, before anybody triaged it.
public record SeedIncident(
    String sysId, String number, String shortDescription, String description, String callerId) {
  public SeedIncident {
    if (!sysId.matches("[0-9a-f]{32}")) {
      throw new IllegalArgumentException(
          "sys_id '" + sysId + "' is not 32 lower-case hexadecimal digits");
    }
  }
}
