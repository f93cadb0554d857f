package ai.rails.standin.servicenow;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.standin.Json;

import static java.nio.charset.StandardCharsets.UTF_8;

/// The SYNTHETIC incidents of the demo, written for this project and phrased unlike the shipped
/// model's training texts.
public final class DemoIncidents {
  private static final String RESOURCE = "synthetic-demo-incidents.json";
  private static final String CALLER = "5b7c200d0a640069006b3845b5d0fa7c";

  private DemoIncidents() {}

  /// An incident and the category that a person would choose; the category is for checks and never
  /// seeded.
  public record Labelled(SeedIncident incident, String expectedCategory) {}

  public static List<Labelled> all() {
    List<Labelled> incidents = new ArrayList<>();
    for (JsonNode each : Json.parse(text()).path("incidents")) {
      SeedIncident incident =
          new SeedIncident(
              each.path("sys_id").asText(),
              each.path("number").asText(),
              each.path("short_description").asText(),
              each.path("description").asText(),
              CALLER);
      incidents.add(new Labelled(incident, each.path("expected_category").asText()));
    }
    return List.copyOf(incidents);
  }

  private static String text() {
    try (InputStream in = DemoIncidents.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("the resource " + RESOURCE + " is missing from the jar");
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the resource " + RESOURCE, e);
    }
  }
}
