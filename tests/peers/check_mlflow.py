"""Sends a run folder to a real MLflow server and reads everything back through MLflow's own client.

    python3 tests/peers/check_mlflow.py PROGRAM RUN_FOLDER

The server is started here, on a free port of this machine, and keeps its files in a temporary folder. Prints one row of
a table; a check that fails ends the program with exit code 1.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from importlib.metadata import version
from pathlib import Path

import mlflow


def started(port, folder):
    """A server that answers."""
    store = f"sqlite:///{folder}/mlflow.db"
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--backend-store-uri", store, "--artifacts-destination", f"{folder}/artifacts", "--workers", "1"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(240):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=1)
            return server
        except OSError:
            if server.poll() is not None:
                break
            time.sleep(0.5)
    server.kill()
    sys.exit("the MLflow server does not answer")


def expected(folder):
    """All numbers of a run folder, by the names that the server has, and step."""
    numbers = {}
    for model in json.loads((folder / "run.json").read_text())["models"]:
        name = model["name"]
        for metric, value in model["test"].items():
            if value is not None:
                numbers[f"{name}/test/{metric}", 0] = value
        for stage in json.loads((folder / "models" / name / "history.json").read_text())["stages"]:
            for epoch in stage["epochs"]:
                place = f"{name}/{stage['stage']}"
                numbers[f"{place}/learning_rate", epoch["epoch"]] = epoch["learning_rate"]
                if epoch["lambda"] is not None:
                    numbers[f"{place}/lambda", epoch["epoch"]] = epoch["lambda"]
                for part in ("train", "valid"):
                    for key, value in epoch[part].items():
                        numbers[f"{place}/{part}/{key}".replace("=", "."), epoch["epoch"]] = value
    return numbers


def main():
    program, folder = sys.argv[1], Path(sys.argv[2])
    os.environ["NO_PROXY"] = "127.0.0.1"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as store:
        server = started(port, store)
        try:
            command = [program, "track", str(folder), "--mlflow", address, "--experiment", "peers", "--quiet"]
            # Twice: the experiment is made once, and found afterwards.
            for _ in range(2):
                subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            client = mlflow.MlflowClient(tracking_uri=address)
            experiment = client.get_experiment_by_name("peers")
            runs = client.search_runs([experiment.experiment_id])
            numbers = {}
            for run in runs[:1]:
                for key in run.data.metrics:
                    for metric in client.get_metric_history(run.info.run_id, key):
                        numbers[key, metric.step] = metric.value
        finally:
            server.terminate()
            server.wait()
    wanted = expected(folder)
    missing = wanted.keys() ^ numbers.keys()
    worst = max((abs(numbers[at] - wanted[at]) for at in wanted if at in numbers), default=float("inf"))
    finished = [run.info.status for run in runs] == ["FINISHED", "FINISHED"]
    ok = finished and not missing and worst == 0.0 and len(runs[0].data.params) > 10
    detail = f"{len(numbers)} numbers, {len(runs[0].data.params)} parameters, largest difference {worst:.1e}"
    print(f"| run sent by `equipoise track` | mlflow {version('mlflow')} | {'yes' if ok else 'NO'} | {detail} |")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
