"""A cluster gives the numbers of one machine: tried on a real Spark of two local workers."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
import time
import warnings
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from tests.small_findings import KeywordTagger
from tests.test_batch_analysis import assert_same_fit
from tpfeedback.errors import (
    ColumnError,
    ImpactError,
    ReadError,
    TaggerError,
    TaxonomyError,
    TpfeedbackWarning,
)
from tpfeedback.impact import fit_impact, measure_impact
from tpfeedback.ingest import read_feedback
from tpfeedback.mentions import extract_mentions
from tpfeedback.priority import rank_touchpoints
from tpfeedback.spark import extraction, impact
from tpfeedback.taxonomy import load_taxonomy

NEAR = 1e-9
COPIES = 3  # of the texts, told apart by a number: a task long enough to be killed
JAVA = shutil.which("java") or os.environ.get("JAVA_HOME")
pytestmark = [
    pytest.mark.skipif(find_spec("pyspark") is None, reason="the extra 'spark' is not installed"),
    pytest.mark.skipif(not JAVA, reason="Spark needs Java, and there is none"),
    # Spark's own, of a pandas newer than itself:
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture(scope="module")
def spark():
    from pyspark.sql import SparkSession

    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.memory": "600m",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "30",  # many pieces of few rows
        "spark.sql.codegen.wholeStage": "false",  # compiling takes longer than so few rows
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "OFF",
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))
        builder = SparkSession.builder.master("local[2,4]")  # a task may fail three times
        for name, value in settings.items():
            builder = builder.config(name, value)
        session = builder.getOrCreate()
        yield session
        session.stop()


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    chance = np.random.default_rng(3)
    path = Path(__file__).parents[1] / "data/samples/reviews.csv"
    rows = pd.read_csv(path).sample(180, random_state=1).reset_index(drop=True)
    return pd.DataFrame(
        {
            "id": [f"r{k}" for k in range(180)],
            "comment": [None, "-", " ok ", "super", "Отлично", "Xin chào các bạn, giao hàng chậm",
                        *rows["comment"][6:]],
            "stars": [*rows["stars"].astype(float)[:170], *[np.nan] * 10],
            "city": chance.choice(["Rome", "Oslo", None], 180),
            "age": chance.integers(20, 30, 180),
            "member": chance.random(180) < 0.5,
        }
    )  # fmt: skip


@pytest.fixture(scope="module")
def local(table):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TpfeedbackWarning)
        feedback = read_feedback(
            table, text="comment", overall="stars", feedback_id="id", date=False, channel=False,
            language=False, question=False,
        )  # fmt: skip
        return feedback, extract_mentions(feedback)


@pytest.fixture(scope="module")
def rows(spark, table):
    return spark.createDataFrame(table).repartition(2).cache()


@pytest.fixture(scope="module")
def tagged(spark, rows):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = extraction.extract_mentions(rows, text="comment", feedback_id="id")
        return spark.createDataFrame(found.toPandas()).cache()


def in_order(mentions) -> pd.DataFrame:
    return mentions.sort_values(["feedback_id", "touchpoint"], ignore_index=True)


def test_mentions_are_those_of_one_machine(tagged, local):
    found = in_order(tagged.toPandas())
    assert len(found) > 200
    assert_frame_equal(found, in_order(local[1]), check_dtype=False, rtol=0, atol=NEAR)


def test_short_texts_are_read_in_the_usual_language_of_all(rows, table, local):
    with pytest.warns(TpfeedbackWarning) as expected:
        extract_mentions(local[0])
    with pytest.warns(TpfeedbackWarning) as told:
        extraction.extract_mentions(rows, text="comment", feedback_id="id")
    assert str(expected[0].message) in [str(one.message) for one in told]


@pytest.mark.parametrize("usual", ["pl", "en"])
def test_a_piece_of_short_texts_alone_is_read_in_the_usual_language_of_all(monkeypatch, usual):
    heard = []

    class Listener(KeywordTagger):
        def tag(self, texts, *, languages=None, **options):
            heard.extend(languages)
            return super().tag(texts)

    monkeypatch.setattr(extraction, "tagger_of", lambda *given, **options: Listener())
    texts = ["ok", "super", "nan 499767"]
    piece = pd.DataFrame({"feedback_id": ["1", "2", "3"], "text": texts})
    list(extraction.tag_pieces([piece], load_taxonomy("general"), usual, {}))
    assert heard == [usual] * 3


def test_a_killed_worker_loses_and_doubles_nothing(spark, rows):
    if not sys.platform.startswith("linux"):
        pytest.skip("workers are found in /proc")
    more = rows.crossJoin(spark.range(COPIES).withColumnRenamed("id", "copy"))
    more = more.selectExpr(
        "concat(copy, ' ', id) AS id", "concat(comment, ' ', copy) AS comment"
    ).cache()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = extraction.extract_mentions(more, text="comment", feedback_id="id")
        killer = Killer(spark)
        killer.start()
        after = found.toPandas()
        killer.join()
        undisturbed = found.toPandas()
    assert killer.failed_tasks() > 0
    assert_frame_equal(in_order(after), in_order(undisturbed), rtol=0, atol=NEAR)


class Killer(threading.Thread):
    """Kills the Python worker of a Spark that has worked for a third of a second since now."""

    def __init__(self, spark):
        super().__init__(daemon=True)
        self.java = spark.sparkContext._gateway.proc.pid
        self.tracker = spark.sparkContext.statusTracker()
        self.before = self.worked()

    def run(self):
        for _ in range(1000):
            for process, ticks in self.worked().items():
                if ticks - self.before.get(process, 0) > 30:
                    os.kill(process, signal.SIGKILL)
                    return
            time.sleep(0.02)

    def worked(self):
        """Return the processor time of each process that the daemon of this Spark has started."""
        parents = {int(path.name): parent(path) for path in Path("/proc").glob("[0-9]*")}
        workers = [one for one, above in parents.items() if parents.get(above) == self.java]
        return {one: processor_time(one) for one in workers}

    def failed_tasks(self):
        stages = map(self.tracker.getStageInfo, range(200))
        return sum(stage.numFailedTasks for stage in stages if stage is not None)


def parent(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:  # it has ended
        return 0


def processor_time(process: int) -> int:
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # it has ended
        return 0
    return int(fields[11]) + int(fields[12])


def test_each_worker_loads_the_model_once(spark, tagged):
    def loads(pieces):
        from tpfeedback.teaching.ready import tagger_of

        told = tagger_of.cache_info()
        for _ in pieces:
            yield pd.DataFrame({"process": [os.getpid()], "loads": [told.misses]})

    found = spark.range(40, numPartitions=2).mapInPandas(loads, "process int, loads int").toPandas()
    assert found["loads"].max() == 1


def test_an_industry_its_thresholds_and_questions_reach_the_workers(spark):
    table = pd.DataFrame(
        {
            "n": [1, 2, 3],
            "said": ["The breakfast was cold and the bed hard", "Great breakfast!", "staff"],
            "asked": [None, None, "What could we improve?"],
            "lang": ["English", "en", "en"],
        }
    )
    roles = {"language": "lang", "question": "asked"}
    feedback = read_feedback(table, text="said", feedback_id="n", overall=False, **roles)
    expected = extract_mentions(feedback, taxonomy="hotel", min_confidence=0.3)
    found = extraction.extract_mentions(
        spark.createDataFrame(table), text="said", feedback_id="n", taxonomy="hotel",
        min_confidence=0.3, **roles,
    )  # fmt: skip
    assert "breakfast" in set(expected["touchpoint"])
    assert_frame_equal(
        in_order(found.toPandas()), in_order(expected), check_dtype=False, rtol=0, atol=NEAR
    )


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"text": "coment"}, ColumnError, "Unknown column of df 'coment'.*Did you mean 'comment'"),
        ({"text": "comment", "feedback_id": "city"}, ColumnError, "rows have no 'city'"),
        ({"text": "comment", "taxonomy": "hotle"}, TaxonomyError, "Did you mean 'hotel'"),
        ({"text": "comment", "min_confidence": 2.0}, TaggerError, "Allowed: 0 to 1"),
    ],
)
def test_what_cannot_be_tagged_is_refused_before_any_worker_starts(rows, options, error, message):
    with pytest.raises(error, match=message):
        extraction.extract_mentions(rows, **{"feedback_id": "id", **options})


def test_a_pandas_table_is_no_spark_table(table):
    with pytest.raises(ReadError, match="must be a Spark DataFrame, given: DataFrame"):
        extraction.extract_mentions(table, text="comment")


# --- impact


@pytest.mark.parametrize(
    "options",
    [{"controls": ["city", "age", "member"]}, {"policy": "observed"}, {"model": "ordered_logit"}],
    ids=str,
)
def test_impact_is_that_of_all_rows(rows, tagged, local, options):
    feedback = local[0].assign(city=local[0]["city"].astype(object))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = impact.fit_impact(
            rows, tagged, outcome="stars", feedback_id="id", text="comment", **options
        )
        expected = fit_impact(feedback, tagged.toPandas(), **options)
    assert_same_fit(found, expected)
    assert_frame_equal(rank_touchpoints(found), rank_touchpoints(expected), rtol=0, atol=1e-9)


def survey(answers: int = 120) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return two answers of each respondent, and what they speak of."""
    chance = np.random.default_rng(5)
    names = [f"{k}:{asked}" for k in range(answers) for asked in ("Good?", "Bad?")]
    rating = np.repeat(chance.normal(3, 1, answers), 2)
    feedback = pd.DataFrame({"feedback_id": names, "overall": rating})
    feedback["question"] = ["Good?", "Bad?"] * answers
    told = chance.choice(names, 150)
    mentions = pd.DataFrame({"feedback_id": told})
    mentions["touchpoint"] = chance.choice(["staff", "price"], 150)
    mentions["sentiment"] = chance.choice(["negative", "positive", "mixed"], 150)
    return feedback, mentions


def test_the_answers_of_one_respondent_are_one_and_infinite_ratings_are_told_of(spark):
    feedback, mentions = survey()
    feedback.loc[[0, 1], "overall"] = np.inf
    with pytest.warns(TpfeedbackWarning) as expected:
        wanted = measure_impact(feedback, mentions)
    frames = spark.createDataFrame(feedback).repartition(3), spark.createDataFrame(mentions)
    with pytest.warns(TpfeedbackWarning) as told:
        found = impact.measure_impact(*frames, question="question")
    assert_frame_equal(found, wanted, rtol=0, atol=1e-9)
    assert [str(one.message) for one in told if one.category is TpfeedbackWarning] == [
        str(one.message) for one in expected
    ]


def doubled(feedback, mentions):
    return pd.concat([feedback, feedback[:1]]), mentions


def strange(feedback, mentions):
    return feedback, mentions.assign(feedback_id="nobody")


def missing(feedback, mentions):
    return feedback.assign(overall=np.nan), mentions


def worded(feedback, mentions):
    return feedback.assign(overall="good"), mentions


def unheard(feedback, mentions):
    return feedback, mentions.assign(touchpoint="breakfast")


def dated(feedback, mentions):
    return feedback.assign(when=pd.Timestamp("2024-01-01")), mentions


@pytest.mark.parametrize(
    ("change", "options", "error", "message"),
    [
        (doubled, {}, ImpactError, "feedback_id is repeated"),
        (strange, {}, ImpactError, "feedback table does not know, for example 'nobody'"),
        (missing, {}, ImpactError, "'overall' is missing in all 240 texts"),
        (worded, {}, ImpactError, "'overall' holds string values"),
        (unheard, {}, ColumnError, "Unknown touchpoint 'breakfast'.*taxonomy="),
        (dated, {"controls": ["when"]}, ColumnError, "'when' holds timestamp"),
        (survey, {"controls": "when"}, ColumnError, r"Write controls=\['when'\]"),
        (survey, {"outcome": "overal"}, ColumnError, "Did you mean 'overall'"),
        (survey, {"policy": "observed", "model": "ordered_logit"}, ImpactError, "cannot be taken"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_tables_that_break_their_contract_are_refused(spark, change, options, error, message):
    feedback, mentions = survey() if change is survey else change(*survey())
    frames = spark.createDataFrame(feedback), spark.createDataFrame(mentions)
    with pytest.raises(error, match=message):
        impact.measure_impact(*frames, **options)


def test_a_taxonomy_of_ones_own_travels_to_the_workers_as_it_is(spark):
    taxonomy = load_taxonomy("hotel")

    def compared(pieces):
        for piece in pieces:
            yield piece.assign(same=taxonomy == load_taxonomy("hotel"))

    rows = spark.range(1).mapInPandas(compared, "id long, same boolean").collect()
    assert [row.same for row in rows] == [True]
