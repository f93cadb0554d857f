package ai.rails.stream.siem;

import java.util.Optional;

/// What earlier entries of a run said that a later one is told with.
interface Memory {
  /// Nothing is remembered.
  Memory NONE =
      new Memory() {
        @Override
        public CallFacts call(String run, String callId) {
          return CallFacts.NONE;
        }

        @Override
        public Optional<String> version(String run) {
          return Optional.empty();
        }
      };

  CallFacts call(String run, String callId);

  /// The workflow version of a run that has not ended.
  Optional<String> version(String run);
}
