/// The language of AI Rails: commands, events, decisions and ledger mathematics. Plain Java, no
/// framework.
module ai.rails.domain {
  requires static org.jspecify;

  exports ai.rails.domain;
  exports ai.rails.domain.access;
  exports ai.rails.domain.budget;
  exports ai.rails.domain.connector;
  exports ai.rails.domain.gate;
  exports ai.rails.domain.ledger;
  exports ai.rails.domain.policy;
  exports ai.rails.domain.privacy;
  exports ai.rails.domain.run;
  exports ai.rails.domain.runner;
  exports ai.rails.domain.tenant;
  exports ai.rails.domain.worker;
  exports ai.rails.domain.workflow;
}
