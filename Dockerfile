FROM python:3.11-slim-bookworm
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN useradd --system --uid 10001 --create-home service \
    && install --directory --owner=service --mode=700 /data
WORKDIR /app
COPY requirements/service.lock requirements/service.lock
RUN pip install --no-cache-dir --require-hashes -r requirements/service.lock
COPY pyproject.toml README.md LICENSE ./
COPY harness harness
COPY evals evals
COPY goldens/cv.schema.json goldens/cv.schema.json
COPY fixtures/corpus/manifest.json fixtures/corpus/manifest.json
COPY reports/baseline reports/baseline
RUN pip install --no-cache-dir --no-deps --no-build-isolation -e .
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["cv-harness", "serve", "--host", "0.0.0.0", "--port", "8000"]
CMD ["--database", "sqlite:////data/service.db", "--flags", "/data/flags.json"]
