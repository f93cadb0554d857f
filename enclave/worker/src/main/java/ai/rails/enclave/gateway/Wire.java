package ai.rails.enclave.gateway;

import java.time.Duration;

/// A way to make one request through the egress proxy: one ticket, one tunnel, one answer.
@FunctionalInterface
interface Wire {
  /// @param within for all of it, from the connection to the answer's last byte
  /// @param maxBody most bytes of the answer's body
  /// @throws SendFailed saying whether a byte of the request may have reached the other side
  Answered send(Outbound request, String ticket, Duration within, long maxBody) throws SendFailed;
}
