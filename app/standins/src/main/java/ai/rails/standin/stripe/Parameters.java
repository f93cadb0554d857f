package ai.rails.standin.stripe;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.standin.Form;
import ai.rails.standin.Json;
import ai.rails.standin.Request;

/// A form-encoded body, as strict as Stripe: what is not declared is refused.
record Parameters(Map<String, String> members) {
  private static final String METADATA = "metadata[";
  private static final String WHOLE = "-?[0-9]{1,12}";

  Parameters {
    members = Map.copyOf(members);
  }

  static Parameters of(Request request) {
    if (!request.body().isEmpty()
        && !request.mediaType().equals("application/x-www-form-urlencoded")) {
      throw StripeError.invalid("Content-Type", "must be application/x-www-form-urlencoded");
    }
    return new Parameters(Form.decode(request.body()));
  }

  String fingerprint() {
    return new TreeMap<>(members).toString();
  }

  void allow(String... names) {
    for (String each : members.keySet()) {
      String name = each.startsWith(METADATA) && each.endsWith("]") ? "metadata" : each;
      if (!Arrays.asList(names).contains(name)) {
        throw new StripeError(
            400,
            "invalid_request_error",
            "parameter_unknown",
            "Received unknown parameter: " + each);
      }
    }
  }

  Optional<String> text(String name) {
    return Optional.ofNullable(members.get(name));
  }

  String required(String name) {
    return text(name).orElseThrow(() -> StripeError.invalid(name, "is required"));
  }

  Optional<Long> whole(String name) {
    return text(name)
        .map(each -> {
          if (!each.matches(WHOLE)) {
            throw StripeError.invalid(name, "is not an integer");
          }
          return Long.parseLong(each);
        });
  }

  void oneOf(String name, String... values) {
    text(name)
        .filter(each -> !Arrays.asList(values).contains(each))
        .ifPresent(each -> {
          throw StripeError.invalid(name, "is not one of " + Arrays.toString(values));
        });
  }

  ObjectNode metadata() {
    ObjectNode metadata = Json.object();
    new TreeMap<>(members)
        .forEach((name, value) -> {
          if (name.startsWith(METADATA)) {
            metadata.put(name.substring(METADATA.length(), name.length() - 1), value);
          }
        });
    return metadata;
  }
}
