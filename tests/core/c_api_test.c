// The C interface as a program in C uses it. Compiled as C99 and as C11.

#include "els/c_api.h"

#include <stdio.h>
#include <string.h>

#include "els/c_explanation.h"
#include "els/c_hedge_timer.h"
#include "els/c_server_load.h"
#include "els/c_work_estimator.h"

static int failures = 0;

#define CHECK(condition)                                                      \
  do {                                                                        \
    if (!(condition)) {                                                       \
      fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
      ++failures;                                                             \
    }                                                                         \
  } while (0)

static const uint64_t kMillisecond = 1000000;
static const uint64_t kSecond = 1000000000;
static const uint64_t kStart = 3600000000000;

static els_id IdOf(const char* text) {
  els_id id;
  id.data = text;
  id.size = strlen(text);
  return id;
}

static int SameId(els_id id, const char* text) {
  return id.size == strlen(text) && memcmp(id.data, text, id.size) == 0;
}

// A balancer with a seed, and the backends "a" (tag 1), "b" (tag 2), ...
static els_balancer* WithBackends(size_t count) {
  static const char* const kNames[] = {"a", "b", "c"};
  els_options options;
  els_balancer* balancer = NULL;
  els_backend backends[3];
  size_t i;
  CHECK(els_options_init(&options, sizeof options) == ELS_OK);
  options.seed = 1;
  CHECK(els_balancer_new(&options, &balancer, NULL, 0) == ELS_OK);
  for (i = 0; i < count; ++i) {
    const els_backend backend = ELS_BACKEND_INIT;
    backends[i] = backend;
    backends[i].id = IdOf(kNames[i]);
    backends[i].tag = i + 1;
  }
  CHECK(els_balancer_set_backends(balancer, backends, count, kStart, NULL, 0) ==
        ELS_OK);
  return balancer;
}

static els_backend_snapshot Look(const els_balancer* balancer, size_t index,
                                 uint64_t now_ns) {
  els_backend_snapshot backend = ELS_BACKEND_SNAPSHOT_INIT;
  els_snapshot* snapshot = NULL;
  CHECK(els_balancer_snapshot(balancer, now_ns, &snapshot) == ELS_OK);
  CHECK(els_snapshot_get(snapshot, index, &backend) == ELS_OK);
  els_snapshot_free(snapshot);
  backend.id = IdOf("");  // It was the snapshot's.
  return backend;
}

// As els/options.h has them.
static void DefaultsAreThoseOfTheLibrary(void) {
  els_options options;
  memset(&options, 0xff, sizeof options);
  CHECK(els_options_init(&options, sizeof options) == ELS_OK);
  CHECK(options.struct_size == sizeof options);
  CHECK(options.seed == 0);
  CHECK(options.choice == ELS_CHOICE_LOWEST);
  CHECK(options.initial_latency_ns == 50 * kMillisecond);
  CHECK(options.first_contact_limit == 1);
  CHECK(options.removed_memory_ns == 600 * kSecond);
  CHECK(options.latency_memory_ns == 3 * kSecond);
  CHECK(options.latency_memory_picks == 5);
  CHECK(options.success_memory_ns == 14 * kSecond / 5);
  CHECK(options.success_memory_picks == 0);
  CHECK(options.success_memory_spread == 0.3);
  CHECK(options.trust_after_failure == 0.6);
  CHECK(options.outage_growth == 0.2);
  CHECK(options.prior_weight == 1);
  CHECK(options.unproven_factor == 1.15);
  CHECK(options.failure_cost_factor == 7);
  CHECK(options.failure_cost_memory_ns == 60 * kSecond);
  CHECK(options.overdue_factor == 1.5);
  CHECK(options.turn_limit == 0.24);
  CHECK(options.turn_premium == 0.02);
  CHECK(options.turn_slope == 1.5);
  CHECK(options.turn_memory_ns == 60 * kSecond);
  CHECK(options.answered_weight == 0.01);
  CHECK(options.queue_by_work == 0);
  CHECK(options.tail == 0);
  CHECK(options.parallelism == 0);
}

static void ABadOptionIsNamedWithItsRange(void) {
  els_options options;
  els_balancer* balancer = WithBackends(0);
  els_balancer* none = balancer;
  char why[100];
  CHECK(els_options_init(&options, sizeof options) == ELS_OK);
  options.turn_limit = 5;
  CHECK(els_balancer_new(&options, &none, why, sizeof why) ==
        ELS_INVALID_ARGUMENT);
  CHECK(none == NULL);
  CHECK(strcmp(why, "turn_limit is 5; it must be from 0 to 0.9") == 0);
  CHECK(els_balancer_set_options(balancer, &options, kStart, why, 11) ==
        ELS_INVALID_ARGUMENT);
  CHECK(strcmp(why, "turn_limit") == 0);
  options.turn_limit = 0.24;
  CHECK(els_balancer_set_options(balancer, &options, kStart, why, sizeof why) ==
        ELS_OK);
  CHECK(strcmp(why, "") == 0);
  els_balancer_free(balancer);
}

static void AnEmptySetGivesAnEmptyTicket(void) {
  els_balancer* balancer = WithBackends(0);
  els_ticket ticket;
  memset(&ticket, 0xff, sizeof ticket);
  CHECK(els_balancer_pick(balancer, NULL, 0, kStart, &ticket) ==
        ELS_NO_BACKEND);
  CHECK(ticket.tag == 0);
  CHECK(els_ticket_id(&ticket).data == NULL);
  CHECK(els_ticket_answered(&ticket, ELS_SUCCESS, kStart) == ELS_NO_BACKEND);
  CHECK(els_ticket_finish(&ticket, ELS_SUCCESS, kStart) == ELS_NO_BACKEND);
  CHECK(els_ticket_drop(&ticket) == ELS_NO_BACKEND);
  els_balancer_free(balancer);
}

static void ARequestIsLearntFrom(void) {
  els_balancer* balancer = WithBackends(1);
  els_ticket ticket;
  els_backend_snapshot backend;
  uint64_t now = kStart;
  CHECK(els_balancer_pick(balancer, NULL, 0, now, &ticket) == ELS_OK);
  CHECK(ticket.tag == 1);
  CHECK(SameId(els_ticket_id(&ticket), "a"));
  now += 400 * kMillisecond;
  backend = Look(balancer, 0, now);
  CHECK(backend.tag == 1);
  CHECK(backend.distance == 1);
  CHECK(backend.removed == 0);
  CHECK(backend.picks == 1);
  CHECK(backend.outstanding == 1);
  CHECK(backend.mean_age_ns / kMillisecond == 400);
  CHECK(backend.since_outcome_ns == UINT64_MAX);

  CHECK(els_ticket_finish(&ticket, ELS_FAILURE, now) == ELS_OK);
  CHECK(els_ticket_id(&ticket).data == NULL);
  backend = Look(balancer, 0, now);
  CHECK(backend.failures == 1);
  CHECK(backend.outstanding == 0);
  // Half 400 ms, half the 50 ms assumed at first.
  CHECK(backend.failure_latency_ns / kMillisecond == 225);
  CHECK(backend.success_rate == 0.5);
  els_balancer_free(balancer);
}

static void AStreamIsAnsweredAndLaterFinished(void) {
  els_balancer* balancer = WithBackends(1);
  els_ticket ticket;
  CHECK(els_balancer_pick(balancer, NULL, 0, kStart, &ticket) == ELS_OK);
  CHECK(els_ticket_answered(&ticket, ELS_SUCCESS, kStart) == ELS_OK);
  CHECK(SameId(els_ticket_id(&ticket), "a"));
  CHECK(Look(balancer, 0, kStart).successes == 1);
  CHECK(Look(balancer, 0, kStart).outstanding == 1);
  CHECK(els_ticket_answered(&ticket, ELS_SUCCESS, kStart) ==
        ELS_ALREADY_REPORTED);
  CHECK(els_ticket_finish(&ticket, ELS_SUCCESS, kStart) == ELS_OK);
  CHECK(Look(balancer, 0, kStart).successes == 1);
  CHECK(Look(balancer, 0, kStart).outstanding == 0);
  CHECK(Look(balancer, 0, kStart).late_finishes == 1);
  els_balancer_free(balancer);
}

static void ARequestSaysWhatIsKnownOfIt(void) {
  els_balancer* balancer = WithBackends(3);
  const els_id avoid[] = {{"a", 1}};
  const els_id prefer[] = {{"a", 1}, {"c", 1}};
  els_request request = ELS_REQUEST_INIT;
  els_pick_failure failure = ELS_PICK_FAILURE_ALL_FULL;
  els_ticket ticket;
  request.avoid = avoid;
  request.avoid_count = 1;
  request.prefer = prefer;
  request.prefer_count = 2;
  request.work = 4;
  CHECK(els_balancer_pick_for(balancer, &request, kStart, &ticket, &failure) ==
        ELS_OK);
  CHECK(failure == ELS_PICK_FAILURE_NONE);
  CHECK(SameId(els_ticket_id(&ticket), "c"));
  CHECK(Look(balancer, 2, kStart).work == 4);
  CHECK(els_ticket_finish(&ticket, ELS_NEUTRAL, kStart) == ELS_OK);
  CHECK(Look(balancer, 2, kStart).work == 0);
  CHECK(Look(balancer, 2, kStart).neutral == 1);
  els_balancer_free(balancer);
}

static void AFullSetSaysThatItIsFull(void) {
  els_balancer* balancer = WithBackends(0);
  els_backend backend = ELS_BACKEND_INIT;
  els_pick_failure failure = ELS_PICK_FAILURE_NONE;
  els_ticket ticket;
  els_ticket none;
  CHECK(els_balancer_pick_for(balancer, NULL, kStart, &none, &failure) ==
        ELS_NO_BACKEND);
  CHECK(failure == ELS_PICK_FAILURE_EMPTY_SET);
  backend.id = IdOf("a");
  backend.max_outstanding = 1;
  CHECK(els_balancer_set_backends(balancer, &backend, 1, kStart, NULL, 0) ==
        ELS_OK);
  CHECK(els_balancer_pick_for(balancer, NULL, kStart, &ticket, &failure) ==
        ELS_OK);
  CHECK(failure == ELS_PICK_FAILURE_NONE);
  CHECK(els_balancer_pick_for(balancer, NULL, kStart, &none, &failure) ==
        ELS_NO_BACKEND);
  CHECK(failure == ELS_PICK_FAILURE_ALL_FULL);
  CHECK(els_ticket_id(&none).data == NULL);
  CHECK(els_ticket_drop(&ticket) == ELS_OK);
  els_balancer_free(balancer);
}

static void ADroppedTicketTeachesNothing(void) {
  els_balancer* balancer = WithBackends(1);
  els_ticket ticket;
  CHECK(els_balancer_pick(balancer, NULL, 0, kStart, &ticket) == ELS_OK);
  CHECK(els_ticket_drop(&ticket) == ELS_OK);
  CHECK(Look(balancer, 0, kStart).dropped == 1);
  CHECK(Look(balancer, 0, kStart).outstanding == 0);
  CHECK(els_ticket_drop(&ticket) == ELS_ALREADY_REPORTED);
  CHECK(els_ticket_finish(&ticket, ELS_SUCCESS, kStart) ==
        ELS_ALREADY_REPORTED);
  CHECK(Look(balancer, 0, kStart).dropped == 1);
  CHECK(Look(balancer, 0, kStart).successes == 0);
  els_balancer_free(balancer);
}

static void ARetryGoesElsewhere(void) {
  els_balancer* balancer = WithBackends(3);
  els_id tried[3];
  els_ticket tickets[3];
  size_t i;
  for (i = 0; i < 3; ++i) {
    CHECK(els_balancer_pick(balancer, tried, i, kStart, &tickets[i]) == ELS_OK);
    tried[i] = els_ticket_id(&tickets[i]);
  }
  CHECK(tickets[0].tag + tickets[1].tag + tickets[2].tag == 6);
  CHECK(tickets[0].tag * tickets[1].tag * tickets[2].tag == 6);
  // Nothing else is left.
  {
    els_ticket again;
    CHECK(els_balancer_pick(balancer, tried, 3, kStart, &again) == ELS_OK);
    CHECK(els_ticket_drop(&again) == ELS_OK);
  }
  for (i = 0; i < 3; ++i) CHECK(els_ticket_drop(&tickets[i]) == ELS_OK);
  els_balancer_free(balancer);
}

static void ABackendThatLeftIsListedWhileItHasRequests(void) {
  els_balancer* balancer = WithBackends(1);
  els_backend other = ELS_BACKEND_INIT;
  els_backend_snapshot backend = ELS_BACKEND_SNAPSHOT_INIT;
  els_snapshot* snapshot;
  els_ticket ticket;
  other.id = IdOf("other");
  CHECK(els_balancer_pick(balancer, NULL, 0, kStart, &ticket) == ELS_OK);
  CHECK(els_balancer_set_backends(balancer, &other, 1, kStart, NULL, 0) ==
        ELS_OK);
  CHECK(els_balancer_snapshot(balancer, kStart, &snapshot) == ELS_OK);
  CHECK(els_ticket_finish(&ticket, ELS_SUCCESS, kStart) == ELS_OK);
  els_balancer_free(balancer);
  // A snapshot stays as it was.
  CHECK(els_snapshot_size(snapshot) == 2);
  CHECK(els_snapshot_get(snapshot, 0, &backend) == ELS_OK);
  CHECK(SameId(backend.id, "other"));
  CHECK(backend.removed == 0);
  CHECK(els_snapshot_get(snapshot, 1, &backend) == ELS_OK);
  CHECK(SameId(backend.id, "a"));
  CHECK(backend.removed == 1);
  CHECK(backend.outstanding == 1);
  CHECK(els_snapshot_get(snapshot, 2, &backend) == ELS_INVALID_ARGUMENT);
  els_snapshot_free(snapshot);
}

static void TheWorkOfARequestIsEstimated(void) {
  els_work_estimator* estimator = NULL;
  els_work_estimator_options options;
  els_request request = ELS_REQUEST_INIT;
  int i;
  CHECK(els_work_estimator_options_init(&options, sizeof options) == ELS_OK);
  CHECK(els_work_estimator_new(&options, &estimator, NULL, 0) == ELS_OK);
  for (i = 0; i < 20; ++i) {
    CHECK(els_work_estimator_learn(estimator, IdOf("/"), 1, kStart) == ELS_OK);
    CHECK(els_work_estimator_learn(estimator, IdOf("/report"), 9, kStart) ==
          ELS_OK);
  }
  request.work = els_work_estimator_work(estimator, IdOf("/report"));
  CHECK(request.work > 1.5 && request.work < 1.8);
  els_work_estimator_free(estimator);
}

static void AHedgeIsSentOnce(void) {
  els_hedge_timer* timer = NULL;
  els_hedge_timer_options options;
  els_hedge hedge = ELS_HEDGE_INIT;
  int i;
  CHECK(els_hedge_timer_options_init(&options, sizeof options) == ELS_OK);
  CHECK(els_hedge_timer_new(&options, &timer, NULL, 0) == ELS_OK);
  CHECK(els_hedge_try_send(timer, &hedge) == 0);
  for (i = 0; i < 200; ++i) {
    CHECK(els_hedge_timer_start(timer, IdOf("/"), kStart, &hedge) == ELS_OK);
    CHECK(els_hedge_done(timer, &hedge, ELS_SUCCESS, kStart + 1000000) ==
          ELS_OK);
  }
  CHECK(els_hedge_timer_start(timer, IdOf("/"), kStart, &hedge) == ELS_OK);
  CHECK(hedge.delay_ns >= 1000000 && hedge.delay_ns <= 1125000);
  CHECK(els_hedge_try_send(timer, &hedge) == 1);
  CHECK(els_hedge_try_send(timer, &hedge) == 0);
  els_hedge_timer_free(timer);
}

static void AServersLoadIsReported(void) {
  els_balancer* balancer = NULL;
  els_backend backend = ELS_BACKEND_INIT;
  els_server_load load = ELS_SERVER_LOAD_INIT;
  els_ticket ticket;
  backend.id = IdOf("a");
  CHECK(els_balancer_new(NULL, &balancer, NULL, 0) == ELS_OK);
  CHECK(els_balancer_set_backends(balancer, &backend, 1, kStart, NULL, 0) ==
        ELS_OK);
  CHECK(els_balancer_pick(balancer, NULL, 0, kStart, &ticket) == ELS_OK);
  CHECK(els_server_load_parse(IdOf("x-prequal-rif"), IdOf("12"), &load, NULL,
                              0) == ELS_OK);
  CHECK(load.in_flight == 12 && load.utilization < 0);
  CHECK(els_ticket_report(&ticket, &load) == ELS_OK);
  CHECK(els_ticket_finish(&ticket, ELS_SUCCESS, kStart + 1000000) == ELS_OK);
  els_balancer_free(balancer);
}

static void APickIsExplained(void) {
  els_balancer* balancer = NULL;
  els_explanations* kept = NULL;
  els_explanation pick = ELS_EXPLANATION_INIT;
  els_backend backend = ELS_BACKEND_INIT;
  els_ticket ticket;
  backend.id = IdOf("a");
  CHECK(els_balancer_new(NULL, &balancer, NULL, 0) == ELS_OK);
  CHECK(els_balancer_set_backends(balancer, &backend, 1, kStart, NULL, 0) ==
        ELS_OK);
  CHECK(els_balancer_explain(balancer, 1) == ELS_OK);
  CHECK(els_balancer_pick(balancer, NULL, 0, kStart, &ticket) == ELS_OK);
  CHECK(els_balancer_explanations(balancer, &kept) == ELS_OK);
  CHECK(els_explanations_get(kept, 0, &pick) == ELS_OK);
  CHECK(strcmp(els_pick_reason_text(pick.reason), "only one") == 0);
  els_explanations_free(kept);
  CHECK(els_ticket_drop(&ticket) == ELS_OK);
  els_balancer_free(balancer);
}

int main(void) {
  DefaultsAreThoseOfTheLibrary();
  ABadOptionIsNamedWithItsRange();
  AnEmptySetGivesAnEmptyTicket();
  ARequestIsLearntFrom();
  AStreamIsAnsweredAndLaterFinished();
  ARequestSaysWhatIsKnownOfIt();
  AFullSetSaysThatItIsFull();
  ADroppedTicketTeachesNothing();
  ARetryGoesElsewhere();
  ABackendThatLeftIsListedWhileItHasRequests();
  TheWorkOfARequestIsEstimated();
  AHedgeIsSentOnce();
  AServersLoadIsReported();
  APickIsExplained();
  return failures == 0 ? 0 : 1;
}
