package ai.rails.projection.gate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jooq.DSLContext;

import ai.rails.domain.EntryType;
import ai.rails.domain.SealedRef;
import ai.rails.domain.run.RunEvent.CallCorrected;
import ai.rails.domain.run.RunEvent.HumanGateDecisioned;
import ai.rails.domain.run.RunEvent.HumanGateRequested;
import ai.rails.schema.EventCodec;

import static ai.rails.projection.jooq.generated.Tables.ENTRY;

/// What only a gate's own entries say of it: where texts lie, who corrected what, and who may not
/// approve because of it.
///
/// @param comments position of a decision to its sealed text
/// @param corrections the first one first
/// @param apart of the call that is asked about now
record GateStory(
    Map<Long, Map<String, Object>> comments,
    List<Map<String, Object>> corrections,
    List<String> apart) {
  GateStory {
    comments = Map.copyOf(comments);
    corrections = List.copyOf(corrections);
    apart = List.copyOf(apart);
  }

  static GateStory of(DSLContext sql, EventCodec events, String tenant, String run, String gate) {
    Map<Long, Map<String, Object>> comments = new HashMap<>();
    List<Map<String, Object>> corrections = new ArrayList<>();
    List<String> apart = new ArrayList<>();
    sql.select(ENTRY.POSITION, ENTRY.RECORDED_AT, ENTRY.EVENT)
        .from(ENTRY)
        .where(
            ENTRY.TENANT.eq(tenant),
            ENTRY.RUN.eq(run),
            ENTRY.ENTRY_TYPE.in(
                EntryType.HUMAN_GATE_REQUESTED.name(),
                EntryType.HUMAN_GATE_DECISIONED.name(),
                EntryType.CALL_CORRECTED.name()))
        .orderBy(ENTRY.POSITION)
        .forEach(row -> {
          switch (events.decode(row.value3()).event()) {
            case HumanGateRequested e when e.gate().equals(gate) -> {
              apart.clear();
              apart.addAll(e.apart());
            }
            case HumanGateDecisioned e when e.gate().equals(gate) ->
                e.comment().ifPresent(text -> comments.put(row.value1(), text(text)));
            case CallCorrected e when e.gate().equals(gate) ->
                corrections.add(correction(e, row.value1(), row.value2()));
            default -> {}
          }
        });
    return new GateStory(comments, corrections, apart);
  }

  private static Map<String, Object> text(SealedRef text) {
    return Map.of(
        "ref", text.ref(), "ciphertextSha256", text.ciphertextSha256(), "bytes", text.bytes());
  }

  private static Map<String, Object> correction(CallCorrected e, long position, long at) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("corrector", e.corrector());
    out.put("channel", e.channel());
    out.put("callDigest", e.callDigest());
    out.put("correctedDigest", e.correctedDigest());
    out.put("correctedCallId", e.correctedCallId());
    out.put("fields", e.fields());
    out.put("signed", e.signature().isPresent());
    out.put("correctedAt", at);
    out.put("position", position);
    return out;
  }
}
