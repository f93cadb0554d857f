package ai.rails.app;

import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

import ai.rails.command.http.ApiDescription;
import ai.rails.platform.http.OpenApi;
import ai.rails.projection.ReadSide;

import static org.assertj.core.api.Assertions.assertThat;

/// The API has one description, put together from those of its sides.
final class DescriptionsTest {
  @Test
  void bothSidesGoTogetherAndWhatTheyReferToIsThere() {
    ObjectNode whole = OpenApi.merge(List.of(ApiDescription.clients(), ReadSide.description()));

    List<JsonNode> references = whole.findValues("$ref");
    assertThat(references).isNotEmpty();
    assertThat(references)
        .allSatisfy(reference ->
            assertThat(whole.at(reference.asText().substring(1)).isMissingNode())
                .as(reference.asText())
                .isFalse());
  }
}
