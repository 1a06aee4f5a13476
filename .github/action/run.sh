#!/usr/bin/env bash
# Pushes a folder to its project, or shows what a push would do; action.yml says what each variable is.
# Uses `qc`, and `gh` for the comment. The credentials are in the variables that `qc` reads.
set -euo pipefail

# Ends in a way that GitHub shows.
stop() {
    echo "::error::$1"
    exit 2
}

output() {
    echo "$1=$2" >>"$GITHUB_OUTPUT"
}

is_pull_request() {
    [[ $GITHUB_EVENT_NAME == pull_request* ]]
}

command=${COMMAND:-auto}
if [[ $command == auto ]]; then
    command=push
    if is_pull_request; then
        command=plan
    fi
fi
[[ $command == push || $command == plan ]] || stop "the input \`command\` is push, plan or auto"

# The secrets of a repository are not given to pull requests from its forks.
if [[ -z ${QUANTCONNECT_USER_ID:-} || -z ${QUANTCONNECT_API_TOKEN:-} ]]; then
    if [[ $command == plan ]]; then
        echo "::notice::No credentials of QuantConnect are given to this run: there is no plan"
        exit 0
    fi
    stop "the inputs \`user-id\` and \`token\` are empty"
fi

if [[ -n ${BASE_URL:-} ]]; then
    export QUANTCONNECT_BASE_URL=$BASE_URL
fi
cd -- "${FOLDER:-.}" || stop "the input \`folder\` names no folder of the repository"
if [[ -n ${PROJECT:-} ]]; then
    qc link --quiet -- "$PROJECT"
fi

arguments=(push)
if [[ ${FORCE:-false} == true ]]; then
    arguments+=(--force)
fi
if [[ $command == plan ]]; then
    arguments+=(--dry-run)
elif [[ ${COMPILE:-true} == true ]]; then
    arguments+=(--compile --annotations github)
fi

said=$RUNNER_TEMP/qc-said.txt
code=0
qc "${arguments[@]}" 2>&1 | tee "$said" || code=${PIPESTATUS[0]}
output exit-code "$code"
if [[ $command == push ]]; then
    output pushed true
fi

# Indented, all of it is code: a file's name cannot become anything else on the page.
text=$RUNNER_TEMP/qc-comment.md
mark="<!-- qc ${FOLDER:-.} -->"
{
    echo "$mark"
    if [[ $command == plan ]]; then
        echo "**What a merge changes in the QuantConnect project**"
    else
        echo "**Pushed to the QuantConnect project**"
    fi
    echo
    sed -e '/^::/d' -e 's/^/    /' "$said"
} >"$text"
output comment-file "$text"
cat "$text" >>"$GITHUB_STEP_SUMMARY"

# Writes the plan into the pull request: into the comment of the last run, if there is one.
comment() {
    local number=${GITHUB_REF#refs/pull/} comments id
    comments=repos/$GITHUB_REPOSITORY/issues/${number%%/*}/comments
    id=$(MARK=$mark gh api --paginate "$comments" --jq '.[] | select(.body | startswith(env.MARK)) | .id' | head -n 1)
    if [[ -n $id ]]; then
        gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$id" --field "body=@$text"
    else
        gh api --silent --method POST "$comments" --field "body=@$text"
    fi
}

if [[ $command == plan && ${COMMENT:-true} == true && -n ${GH_TOKEN:-} ]] && is_pull_request; then
    comment || echo "::warning::The plan could not be written into the pull request: the job needs the permission pull-requests: write"
fi

# A plan that shows differences or conflicts has done its work.
if [[ $command == plan && $code == 3 ]]; then
    echo "::warning::Both sides changed the same files, see the plan: a push would leave these alone"
    exit 0
fi
exit "$code"
