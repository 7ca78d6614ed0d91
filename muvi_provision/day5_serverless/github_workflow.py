"""The workflow file for GitHub Actions: build each service's image, push it, and roll it out. Pure.

Facts: aws-reality 0.6 and 7.10. What runs is named by its digest, so a new image needs a new version of the task
definition: to deploy the same one again would only start the same containers.
"""

from __future__ import annotations

import json

from muvi_provision.day3_compute.cluster import EcsCluster
from muvi_provision.day3_compute.repositories import Repository
from muvi_provision.day3_compute.services import EcsService
from muvi_provision.environment import Environment
from muvi_provision.errors import UsageError
from muvi_provision.naming import physical

PLACE = ".github/workflows/deploy.yml"
_FILE = """\
# Made by `muvi outputs github-workflow` for @name@; it belongs into @place@ of @repository@.
# Each service's Dockerfile is expected in the folder of its name; change `folder` below where it is elsewhere.
name: Deploy to @name@

on:
  push:
    branches: [@branch@]
  workflow_dispatch:

permissions:
  id-token: write   # to sign in to AWS with a token of GitHub's instead of a stored key
  contents: read

concurrency:
  group: deploy-@name@
  cancel-in-progress: false

env:
  AWS_REGION: @region@
  CLUSTER: @cluster@

jobs:
  deploy:
    runs-on: ubuntu-latest
    strategy:
      fail-fast: false
      matrix:
        include:
@matrix@
    steps:
      - uses: actions/checkout@v4
      - uses: aws-actions/configure-aws-credentials@v4
        with:
          role-to-assume: @role@
          aws-region: ${{ env.AWS_REGION }}
      - id: registry
        uses: aws-actions/amazon-ecr-login@v2
      - name: Build and push
        env:
          IMAGE: ${{ steps.registry.outputs.registry }}/${{ matrix.repository }}
        run: |
          docker build --platform linux/amd64 -t "$IMAGE:${GITHUB_SHA::12}" "${{ matrix.folder }}"
          docker push "$IMAGE:${GITHUB_SHA::12}"
@usual@          echo "IMAGE=$IMAGE:${GITHUB_SHA::12}" >> "$GITHUB_ENV"
      - name: Roll out
        env:
          SERVICE: ${{ matrix.deployed }}
        run: |
          aws ecs describe-task-definition --task-definition "$SERVICE" --query taskDefinition > now.json
          jq --arg image "$IMAGE" '.containerDefinitions[0].image = $image
            | del(.taskDefinitionArn, .revision, .status, .requiresAttributes, .compatibilities,
                  .registeredAt, .registeredBy)' now.json > next.json
          next=$(aws ecs register-task-definition --cli-input-json file://next.json \\
            --query taskDefinition.taskDefinitionArn --output text)
          aws ecs update-service --cluster "$CLUSTER" --service "$SERVICE" --task-definition "$next" \\
            --force-new-deployment --query service.serviceArn
          aws ecs wait services-stable --cluster "$CLUSTER" --services "$SERVICE"
          runs=$(aws ecs describe-services --cluster "$CLUSTER" --services "$SERVICE" \\
            --query 'services[0].taskDefinition' --output text)
          [ "$runs" = "$next" ] || { echo "ECS went back to $runs: the new version did not stay up"; exit 1; }
"""
_USUAL = """\
          docker tag "$IMAGE:${GITHUB_SHA::12}" "$IMAGE:${{ matrix.tag }}"
          docker push "$IMAGE:${{ matrix.tag }}"
"""


def text(environment: Environment, role_arn: str) -> str:
    """The whole file; ``role_arn`` is that of role/github-deploy. Raises UsageError when no repository may deploy."""
    plan = environment.github
    if plan is None:
        raise UsageError(
            f"{environment.name} names no repository that may deploy",
            why="no role for GitHub's workflows is made without github.repository in the environment file",
            next=("muvi config show",),
        )
    words = {
        "name": environment.name,
        "place": PLACE,
        "repository": plan.repository,
        "branch": json.dumps(plan.branch),
        "region": environment.region,
        "cluster": physical(environment.name, "main", EcsCluster.declared.name_limit),
        "role": role_arn,
        "matrix": "\n".join(_row(environment, service) for service in environment.services),
        "usual": "" if environment.images.immutable else _USUAL,
    }
    filled = _FILE
    for word, value in words.items():
        filled = filled.replace(f"@{word}@", value)
    return filled


def _row(environment: Environment, service: str) -> str:
    """One service of the matrix: JSON is YAML too."""
    plan = environment.services[service]
    row = {
        "service": service,
        "folder": service,
        "deployed": physical(environment.name, service, EcsService.declared.name_limit),
        "repository": physical(environment.name, plan.image, Repository.declared.name_limit),
        "tag": plan.tag or environment.images.tag,
    }
    return f"          - {json.dumps(row)}"
