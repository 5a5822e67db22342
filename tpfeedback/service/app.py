"""The application: its routes and what they share."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from fastapi import FastAPI, Request
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from tpfeedback import __version__
from tpfeedback.errors import unknown_name
from tpfeedback.service import bodies
from tpfeedback.service.analyses import Analyses
from tpfeedback.service.apart import analyze_apart
from tpfeedback.service.gate import Gate
from tpfeedback.service.jobs import Job, Jobs
from tpfeedback.service.limits import Limits
from tpfeedback.service.metrics import CONTENT_TYPE, Metrics, new_metrics
from tpfeedback.service.openapi import answers_analysis, asks, describe
from tpfeedback.service.problems import Refused, answer_refusal, busy, invalid
from tpfeedback.service.rates import Rates
from tpfeedback.service.taggers import Taggers
from tpfeedback.service.tagging import TagQueue, tag_answer
from tpfeedback.tagger import load_network_tagger
from tpfeedback.taxonomy import available_taxonomies, load_taxonomy

if TYPE_CHECKING:
    from tpfeedback.tagger import Tagger

ABOUT = (
    "Which touchpoints customers speak of, and what each does to their satisfaction. Shares are "
    "0-1, never percent. Texts are kept only while they are worked on, results of jobs for a while."
)
ONE_OF_EACH = ("Late delivery.", "Доставка опоздала.", "送货太慢了。", "Dostawa się spóźniła.")
JSON = "application/json"
ModelType = TypeVar("ModelType", bound=BaseModel)


@dataclass(frozen=True, eq=False)
class Service:
    """What the routes share; `loaded` holds the taggers once the model is loaded."""

    limits: Limits
    queue: TagQueue
    analyses: Analyses
    jobs: Jobs
    metrics: Metrics
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    loaded: list[Taggers] = field(default_factory=list)

    @property
    def idle(self) -> bool:
        """Tell whether everything that was accepted is answered, and every job's end is known."""
        return self.queue.idle and not self.analyses.waiting and self.jobs.idle

    def taggers(self) -> Taggers:
        """Return the taggers, or refuse for as long as the model loads."""
        if not self.loaded:
            raise busy("The model is still loading.", retry_after=5)
        return self.loaded[0]


def create_app(
    *,
    keys: tuple[bytes, ...] = (),
    limits: Limits | None = None,
    load: Callable[[], Tagger] = load_network_tagger,
    run_job: Callable[[bytes], Awaitable[bytes]] | None = None,
) -> FastAPI:
    """Return the ASGI application.

    `keys` are what `service.keys.read_keys` returns; without keys everybody may ask. `load` gives
    the tagger; `run_job` makes the result of a large body, in a process of its own if not given.
    """
    service = _new_service(limits or Limits(), run_job)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        service.loaded.append(Taggers(await asyncio.to_thread(_warmed, load)))
        workers = [asyncio.create_task(one.work()) for one in (service.queue, service.jobs)]
        yield
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        service.loaded.clear()
        service.analyses.thread.shutdown(wait=False)

    app = FastAPI(
        title="tpfeedback", version=__version__, description=ABOUT, lifespan=lifespan,
        docs_url=None, redoc_url=None,  # those pages would be fetched from a network
        redirect_slashes=False,  # to where a header of the request says
    )  # fmt: skip
    app.state.service = service
    asked = (bodies.tag_request(service.limits), bodies.analyze_request(service.limits))
    _add_tagging(app, service, asked[0])
    _add_analyses(app, service, asked[1])
    _add_jobs(app, service)
    _add_reading(app, service)
    described: list[Any] = []

    def openapi() -> Any:
        if not described:
            described.append(describe(app, asked, with_keys=bool(keys)))
        return described[0]

    app.openapi = openapi  # type: ignore[method-assign]
    app.add_exception_handler(HTTPException, _http_problem)  # type: ignore[arg-type]
    rates = Rates(service.limits.rate, service.limits.burst)
    app.add_middleware(
        Gate, keys=keys, limits=service.limits, rates=rates, metrics=service.metrics,
        stopping=service.stopping,
    )  # fmt: skip
    return app


def _new_service(limits: Limits, run_job: Callable[[bytes], Awaitable[bytes]] | None) -> Service:
    async def apart(body: bytes) -> bytes:
        return await analyze_apart(body, seconds=limits.job_seconds)

    metrics = new_metrics()
    queue = TagQueue(limits, metrics.tagged)
    jobs = Jobs(limits, run_job or apart)
    metrics.watch("waiting_characters", "Characters that wait to be tagged.", lambda: queue.size)
    metrics.watch("jobs_waiting", "Jobs not begun.", lambda: jobs.count("waiting"))
    metrics.watch("jobs_kept", "Jobs of any status.", lambda: len(jobs.kept))
    return Service(limits, queue, Analyses(limits), jobs, metrics)


def _warmed(load: Callable[[], Tagger]) -> Tagger:
    """Return the tagger with everything loaded that the first requests would wait for."""
    import tpfeedback.analysis  # noqa: F401

    tagger = load()
    tagger.tag(ONE_OF_EACH)
    return tagger


def _add_tagging(app: FastAPI, service: Service, asked: type[bodies.TagRequest]) -> None:
    @app.post("/v1/tag", response_model=bodies.TagAnswer, openapi_extra=asks(asked))
    async def tag(request: Request) -> Response:
        """Find the touchpoints that each text speaks of, and with what sentiment."""
        taggers = service.taggers()
        body = _checked(asked, await request.body(), service.limits)
        tagger = await asyncio.to_thread(taggers.of, body.taxonomy)
        tagged = await service.queue.tag(body, tagger)
        return _json(tag_answer(tagged, plan=load_taxonomy(body.taxonomy), tagger=tagger))


def _add_analyses(app: FastAPI, service: Service, asked: type[bodies.AnalyzeRequest]) -> None:
    @app.post(
        "/v1/analyze",
        responses={200: answers_analysis(), 202: {"model": bodies.JobBody}},
        openapi_extra=asks(asked),
    )
    async def analyze(request: Request) -> Response:
        """Rank the touchpoints of a table: at once if it is small, else as a job (202)."""
        taggers = service.taggers()
        content = await request.body()
        body = _checked(asked, content, service.limits)
        limits = service.limits
        if len(body.rows) <= limits.small_rows and len(content) <= limits.small_bytes:
            return Response(await service.analyses.answer(body, taggers), media_type=JSON)
        name = service.jobs.accept(request.scope["owner"], content)
        answer = _job_answer(name, service.jobs.kept[name], status=202)
        answer.headers["Location"] = f"/v1/jobs/{name}"
        return answer


def _add_jobs(app: FastAPI, service: Service) -> None:
    @app.get("/v1/jobs/{name}", response_model=bodies.JobBody)
    async def job(name: str, request: Request) -> Response:
        """Tell how a job stands; when it is done, `result` holds the analysis."""
        return _job_answer(name, service.jobs.find(request.scope["owner"], name))

    @app.delete("/v1/jobs/{name}", status_code=204)
    async def forget(name: str, request: Request) -> Response:
        """Drop a job and its result now."""
        service.jobs.forget(request.scope["owner"], name)
        return Response(status_code=204)


def _add_reading(app: FastAPI, service: Service) -> None:
    @app.get("/v1/taxonomies", response_model=bodies.TaxonomyList)
    async def taxonomies() -> Response:
        """List the taxonomies that can be named."""
        plans = map(load_taxonomy, available_taxonomies())
        heads = [
            {"key": p.key, "names": dict(p.names), "touchpoints": len(p), "digest": p.digest}
            for p in plans
        ]
        return _json({"taxonomies": heads})

    @app.get("/v1/taxonomies/{name}", response_model=bodies.TaxonomyBody)
    async def taxonomy(name: str) -> Response:
        """Return a taxonomy with all that it says of its touchpoints."""
        if name not in available_taxonomies():  # a path is no name: no file is opened
            message = unknown_name("taxonomy", name[:50], available_taxonomies())
            raise Refused(404, "unknown_taxonomy", message)
        return _json(load_taxonomy(name).to_dict())

    @app.get("/healthz", response_model=bodies.Health, responses={503: {"model": bodies.Health}})
    async def health() -> Response:
        """Tell whether requests are served: the model is loaded, and no stop was asked for."""
        ready = "ready" if service.loaded else "loading"
        status = "stopping" if service.stopping.is_set() else ready
        return _json({"status": status}, 200 if status == "ready" else 503)

    @app.get("/metrics", responses={200: {"content": {"text/plain": {}}}})
    async def metrics() -> Response:
        """Tell the counts, as Prometheus reads them."""
        return Response(service.metrics.told(), headers={"Content-Type": CONTENT_TYPE})


def _checked(model: type[ModelType], body: bytes, limits: Limits) -> ModelType:
    """Return what a body holds; one of millions of tiny values is refused before it is parsed."""
    if body.count(b"{") + body.count(b"[") > limits.objects or body.count(b",") > limits.values:
        message = (
            f"The body has more than {limits.objects} objects and lists, or more than "
            f"{limits.values} values. Send it in parts."
        )
        raise Refused(413, "too_large", message)
    try:
        asked = model.model_validate_json(body)
        bodies.check_names(body)
        return asked
    except ValidationError as error:
        raise invalid(error) from None


def _job_answer(name: str, job: Job, *, status: int = 200) -> Response:
    """Return how a job stands; the result is JSON already and is not written anew."""
    problem = None if job.problem is None else job.problem.model_dump()
    head = {"job": name, "url": f"/v1/jobs/{name}", "status": job.status, "problem": problem}
    result = job.result or b"null"
    content = json.dumps(head).encode()[:-1] + b', "result": ' + result + b"}"
    return Response(content, status, media_type=JSON)


def _json(content: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(content, ensure_ascii=False).encode(), status, media_type=JSON)


async def _http_problem(_: Request, error: HTTPException) -> Response:
    """Answer an unknown path or method in the form of every other problem."""
    message = f"{error.detail}. The paths and methods there are: /openapi.json."
    return answer_refusal(Refused(error.status_code, "no_route", message, headers=error.headers))
