package ai.rails.app.attestation;

import java.util.Optional;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.measurement.Firmware;
import ai.rails.attestation.measurement.Measured;

/// What an image measures, for programs.
final class MeasuredJson {
  private MeasuredJson() {}

  static ObjectNode of(Firmware firmware, Optional<Bytes> configId, Optional<Measured> boot) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("mrTd", firmware.mrTd().hex());
    configId.ifPresent(id -> json.put("mrConfigId", id.hex()));
    boot.ifPresent(measured -> add(json, measured));
    return json;
  }

  private static void add(ObjectNode json, Measured measured) {
    measured.registers().forEach(register -> json.withArray("rtMr").add(register.hex()));
    json.put("image", measured.image());
    json.put("explained", measured.isExplained());
    for (Measured.Explained event : measured.events()) {
      ObjectNode each = json.withArray("events").addObject();
      each.put("register", event.register());
      each.put("digest", event.digest().hex());
      event.by().ifPresent(by -> each.put("by", by));
    }
  }
}
