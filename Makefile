# Each target is a line or two over a real tool. `make help` lists them.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
HTML   := _build/html
# English stands at the root of the book, others in folders below it.
EDITIONS ?= en zh-Hans zh-Hant-HK
export EDITIONS
# What the library's pages need, and what only this book needs to be finished.
FRONT_END := aiimpact/live/page/dist/LICENSES.txt
ICONS := book/frontend/dist/icons.json
JAVASCRIPT := tests/javascript/node_modules/.package-lock.json
SETS   := live book lab test classroom build
# What needs neither a built book nor minutes: arguments of pytest, which a shell without make reads too.
LIBRARY := @tests/library.args
OF_BOOK = -m "site or browser" $(shell grep -lE 'mark\.(site|browser)\b' tests/test_*.py)
# Two processes, which take the tests in the order of tests/conftest.py.
BOTH = -n 2 --no-loadscope-reorder
LOT := $(or $(SEED),$(shell date +%s))
RESOLUTION ?= highest
OTHER  := _build/versions
SCALE  := _build/scale
HOSTS  := _build/hosts
HUB    := _build/hub
RELEASE := _build/release
TRIED  := _build/tried
NEWEST := _build/newest
# The parts of Vega that a page is built from.
VEGA   = $(shell grep -oE '"vega-[a-z-]+' aiimpact/live/page/package.json | tr -d '"')
# Who is in the class, for the commands that ask.
ROSTERED = $(if $(ROSTER),--roster "$(ROSTER)") $(if $(ID_COLUMN),--id-column "$(ID_COLUMN)") $(if $(PLATFORMS),--platforms "$(PLATFORMS)")
# The language of a class, LANGUAGE=zh-Hans or zh-Hant-HK; the shell's own variable of that name means something else.
EDITION = $(if $(findstring command,$(origin LANGUAGE)),$(LANGUAGE))
SPOKEN = $(if $(EDITION),--language "$(EDITION)")
# Where the chapters of that language are.
CHAPTERS_IN = $(if $(filter-out en,$(EDITION)),_build/editions/zh-Hans,.)
# Python compiles what it imports once, and not again in each of the hundred processes of a test.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help:  ## list the targets
	@awk -F ':.*## ' '/^#### /{print "\n" substr($$0, 6)} /^[a-z -]+:.*## /{printf "  %-18s%s\n", $$1, $$2}' $(MAKEFILE_LIST)

#### The book

# Three stamps: reading the book, teaching with it and testing it need different things.
$(VENV)/.book: requirements/book.txt pyproject.toml
	@echo "Setting up .venv with what the book needs (a minute or two)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/book.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

# What a teacher needs: to make editions, grade and mark.
$(VENV)/.classroom: requirements/classroom.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/classroom.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

# An explorer has no front end before it is built.
$(VENV)/.test: requirements/test.txt $(VENV)/.book | $(FRONT_END)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/test.txt
	touch $@

.PHONY: front-end
front-end: $(FRONT_END)  ## build what brings explorers and questions to life in a page

# As the build hook does it for a wheel, or for the editable install that made .venv.
$(FRONT_END): $(wildcard aiimpact/live/*.json aiimpact/*/page/*.js* aiimpact/*/page/src/* aiimpact/*/page/licenses/* aiimpact/locale/*.* aiimpact/locale/*/*.po) | $(VENV)/.book
	@echo "Building what moves explorers and questions in a page"
	$(BIN)/python aiimpact/live/page/hook.py
	touch $@

$(ICONS): $(VENV)/.book $(wildcard book/frontend/*.js*)
	PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix book/frontend ci --silent
	PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix book/frontend run --silent build
	touch $@

.PHONY: book
book: $(FRONT_END) $(ICONS)  ## run the notebooks and build _build/html, in three languages (EDITIONS=en: English alone)
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python book/build.py

.PHONY: serve
serve: $(FRONT_END) $(ICONS)  ## build what is missing of the book, serve it on http://127.0.0.1:8000 and say so [PORT=9000]
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python book/serve.py $(PORT)

.PHONY: zip
zip: book  ## pack the book into one archive for a USB stick: _build/ai-and-the-environment.zip
	$(BIN)/python book/pack.py

.PHONY: pdf
pdf: book  ## print the chapters as PDF with Chromium: _build/pdf (CHAPTER=01 for one)
	$(BIN)/python book/pdf.py $(HTML) _build/pdf $(CHAPTER)

.PHONY: picture
picture: $(VENV)/.test book  ## take the README's pictures of the book at work: book/pictures
	$(BIN)/python book/picture.py

.PHONY: lab
lab: $(VENV)/.test $(FRONT_END)  ## open the chapters in JupyterLab
	$(BIN)/jupyter lab chapters

#### Writing and translating

.PHONY: notebooks
notebooks: $(VENV)/.book $(FRONT_END)  ## run the notebooks again and write them back normalised
	$(BIN)/python book/normalise.py

.PHONY: messages
messages: $(VENV)/.book $(FRONT_END)  ## bring the catalogues of the Chinese editions up to date
	$(BIN)/python book/editions messages

.PHONY: check-editions
check-editions: $(VENV)/.book $(FRONT_END)  ## say what the Chinese editions lack, or have wrong
	$(BIN)/python book/editions check --complete

.PHONY: tree
tree: $(VENV)/.book $(FRONT_END)
	$(BIN)/python book/editions tree

#### Teaching

.PHONY: student teacher
student teacher: $(VENV)/.classroom $(if $(EDITION),tree)  ## write notebooks and handouts for students, or for teachers [LANGUAGE=zh-Hans]
	$(BIN)/python -m aiimpact.classroom $@ $(SPOKEN) --out _build/$@

.PHONY: numbers
numbers: $(VENV)/.classroom $(if $(EDITION),tree)  ## print a strip of own numbers for each student, to be cut: CLASS=ids.csv [EXERCISE=01]
	@test -n "$(CLASS)" || { echo "Say who is in the class: make numbers CLASS=ids.csv, with an id in each line."; exit 2; }
	$(BIN)/python -m aiimpact.classroom numbers $(SPOKEN) --class "$(CLASS)" --exercise "$(EXERCISE)" --out _build/numbers

.PHONY: wheel
wheel: $(VENV)/.classroom $(FRONT_END)  ## pack the library into one file that students install: _build/student/aiimpact-….whl
	rm -f _build/student/*.whl
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir _build/student .

.PHONY: collect
collect: $(VENV)/.classroom  ## sort a download of a platform into a folder for each student: FROM=zip or folder [ROSTER=table]
	@test -n "$(FROM)" || { echo "Say what was downloaded: make collect FROM=download.zip ROSTER=class.csv"; exit 2; }
	$(BIN)/python -m aiimpact.classroom collect $(SPOKEN) "$(FROM)" --out "$(or $(OUT),submissions)" $(ROSTERED) $(if $(IDS),--ids "$(IDS)") $(if $(LAYOUT),--layout "$(LAYOUT)") $(if $(PATTERN),--pattern "$(PATTERN)") $(if $(YES),--yes)

.PHONY: give-back
give-back: $(VENV)/.classroom  ## fill points into a table that Canvas, Moodle or Blackboard exported: SHEET=table [OUT=folder]
	@test -n "$(SHEET)" || { echo "Say which table: make give-back SHEET=export.csv"; exit 2; }
	$(BIN)/python -m aiimpact.classroom give-back $(SPOKEN) "$(SHEET)" --out "$(or $(OUT),_build/grading)" $(ROSTERED) $(if $(EXERCISE),--exercise "$(EXERCISE)") $(if $(COLUMN),--column "$(COLUMN)") $(if $(WAITING),--waiting) $(if $(CONVERT),--convert)

.PHONY: grade
grade: $(VENV)/.classroom $(if $(EDITION),tree)  ## grade a class: SUBMISSIONS=folder with a folder for each student [OUT=folder NOT_ISOLATED=1]
	@test -n "$(SUBMISSIONS)" || { echo "Say what to grade: make grade SUBMISSIONS=dir, with a folder for each student in it."; exit 2; }
	$(BIN)/python -m aiimpact.classroom grade $(SPOKEN) "$(SUBMISSIONS)" --out "$(or $(OUT),_build/grading)" $(ROSTERED) $(if $(AS_NAMED),--as-named) $(if $(NOT_ISOLATED),--not-isolated)

.PHONY: publish
publish: wheel $(if $(EDITION),tree)  ## write a repository for students, without solutions: _build/class
	$(BIN)/python -m aiimpact.classroom publish $(SPOKEN) --out _build/class --wheel _build/student/*.whl

.PHONY: mark
mark: $(VENV)/.classroom  ## mark answers in words by hand, in nbgrader's Formgrader [OUT=folder]
	$(BIN)/python -m aiimpact.classroom mark $(SPOKEN) --out "$(or $(OUT),_build/grading)"

.PHONY: questions
questions: $(VENV)/.book $(FRONT_END) $(if $(EDITION),tree)  ## write the questions for Moodle (XML, GIFT) and as QTI 2.1 [ADDRESS=https://…, for links; LANGUAGE=zh-Hans]
	cd $(CHAPTERS_IN) && "$(CURDIR)/$(BIN)/python" -m aiimpact.ask.bank $(SPOKEN) chapters/[0-9]*.ipynb \
	  --title "AI and the Environment: every number, checked" --out "$(CURDIR)/_build/questions" --address "$(ADDRESS)"

#### Testing: what has to pass

# The book is built meanwhile, for that keeps only one core busy. Of what is the same on many pages, or starts processes,
# other ones are drawn each time (tests/conftest.py); test-library, test-book and test-editions alone test all.
.PHONY: test
test: $(VENV)/.test $(FRONT_END) $(JAVASCRIPT)  ## all of this group, with the time of each part [SEED=3: the lot of that run]
	$(MAKE) SEED=$(LOT) -j 2 $(addprefix timed-,book lint test-library test-notebooks test-foreign)
	$(MAKE) SEED=$(LOT) timed-test-book timed-test-editions

timed-test-notebooks: timed-book
timed-%:
	@began=$$(date +%s); $(MAKE) --no-print-directory $(if $(filter book,$*),,--old-file book) $*; \
	  status=$$?; echo "$* took $$(($$(date +%s) - began)) s"; exit $$status

.PHONY: lint
lint: $(VENV)/.test $(JAVASCRIPT)  ## style and types, of Python and JavaScript
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy
	cd tests/javascript && PATH="$(CURDIR)/$(BIN):$$PATH" && npm run --silent lint && npm run --silent types

# What reads JavaScript; the types of what it imports come with those packages.
$(JAVASCRIPT): tests/javascript/package-lock.json $(FRONT_END) $(ICONS) | $(VENV)/.test
	cd tests/javascript && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --silent
	touch $@

.PHONY: test-library
test-library: $(VENV)/.test $(FRONT_END)  ## library, data and catalogues, without a book or a browser
	$(BIN)/pytest $(BOTH) --dist loadfile --durations 12 "$(LIBRARY)"

# The book has run its notebooks when it was built; those runs are compared, the other notebooks run here.
.PHONY: test-notebooks
test-notebooks: $(VENV)/.test book  ## the notebooks give what they store
	PYTHONPATH=tests $(BIN)/pytest -n 2 --dist loadfile -c tests/nbval.ini -p replay --replay _build/jupyter_execute chapters

# A browser on a busy machine can be late: what failed beside others has to pass alone.
.PHONY: test-book
test-book: $(VENV)/.test book  ## all built pages, in Chromium
	$(BIN)/pytest $(BOTH) --dist loadgroup --durations 12 $(OF_BOOK) || $(BIN)/pytest $(OF_BOOK) --last-failed --last-failed-no-failures none

.PHONY: test-editions
test-editions: $(VENV)/.test book  ## compare the editions in other languages with the English book, and go from one to another
	$(BIN)/pytest $(BOTH) --dist loadgroup --durations 12 -m editions $(shell grep -lE 'mark\.editions\b' tests/test_*.py)

.PHONY: test-foreign
test-foreign: $(VENV)/.test $(FRONT_END)  ## build two books of other people from the wheel, in a clean place, and open them
	$(BIN)/pytest -m foreign tests/test_foreign.py

#### Testing more: CI runs most of these too

.PHONY: test-mutants
test-mutants: $(VENV)/.test $(FRONT_END)  ## change the formulas, one thing at a time, and see whether a test notices: all, or SAMPLE=300 [SEED=18 MODULE=water]
	$(BIN)/python tests/mutants.py

.PHONY: test-random
test-random: $(VENV)/.test book  ## five thousand models by lot in Chromium, against Python
	RANDOM_MODELS=5000 $(BIN)/pytest -n 2 tests/test_random_in_page.py

.PHONY: test-grading
test-grading: $(VENV)/.test  ## grade the whole corpus of submissions, hostile ones too, a class of each platform, and what a browser shows of it
	$(BIN)/pytest -s -m grading tests/test_grading.py tests/test_give_back.py tests/test_stock_formgrader.py

.PHONY: test-questions
test-questions: $(VENV)/.test $(FRONT_END)  ## write all questions for a question bank and compare each with its page
	$(BIN)/pytest -m bank tests/test_bank.py

.PHONY: test-browsers
test-browsers: $(VENV)/.test book  ## open the book in Firefox and in WebKitGTK (Debian: apt-get install firefox-esr webkit2gtk-driver xvfb)
	$(BIN)/pytest -m browsers --durations 12 tests/test_browsers.py

.PHONY: test-environment
test-environment: $(VENV)/.test  ## install environment.yml into a clean place and run every notebook there (needs Python 3.12)
	$(BIN)/pytest -s -m environment tests/test_environment.py

.PHONY: test-reproducible
test-reproducible: $(VENV)/.test $(FRONT_END) $(ICONS)  ## build the last commit twice, in two places and on two days, and compare
	$(BIN)/pytest -s -m reproducible tests/test_reproducible.py

.PHONY: test-versions
test-versions:  ## test library and notebooks at other versions: RESOLUTION=lowest or highest, PRE=1 for pre-releases, PYTHON=python3.13 (needs uv)
	uv venv -q --clear --python $(PYTHON) $(OTHER)
	uv pip compile -q --no-deps --resolution $(RESOLUTION) $(if $(PRE),--prerelease allow) --python $(OTHER)/bin/python --extra live pyproject.toml -o $(OTHER)/pins.txt
	uv pip install -q --python $(OTHER)/bin/python -c $(OTHER)/pins.txt -e ".[live,book,test,classroom,build]"
	PATH="$(CURDIR)/$(OTHER)/bin:$$PATH" $(OTHER)/bin/pytest -n 2 --dist loadfile "$(LIBRARY)"
	PATH="$(CURDIR)/$(OTHER)/bin:$$PATH" $(OTHER)/bin/pytest -n 2 --dist loadfile -c tests/nbval.ini chapters

# In a copy: what was fetched and built for the book stays as it is.
.PHONY: test-vega
test-vega: $(VENV)/.test book  ## build the page's front end from the newest Vega, and compare what it draws (TAG=latest)
	rm -rf $(NEWEST) && mkdir -p $(NEWEST) && cp -R aiimpact $(NEWEST)
	cd $(NEWEST)/aiimpact/live/page && PATH="$(CURDIR)/$(BIN):$$PATH" && npm install --silent --ignore-scripts $(VEGA:%=%@$(or $(TAG),latest)) && npm run --silent build
	PYTHONPATH=$(NEWEST) $(BIN)/pytest tests/test_frontend.py tests/test_save.py tests/test_borrowed.py

# The locks are complete, and an older pip stumbles over an extra that another package asks for.
$(SCALE)/.installed: requirements/scale.txt
	$(PYTHON) -m venv --clear $(SCALE)
	$(SCALE)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/scale.txt
	touch $@

.PHONY: test-scale
test-scale: $(SCALE)/.installed  ## test the library on arrays of Dask, xarray, polars and pint, and grading on a cluster of this machine
	PYTHONPATH=.:tests $(SCALE)/bin/python -m pytest --noconftest -m scale tests/test_scale.py tests/test_cluster.py

$(HOSTS)/.installed: requirements/hosts.txt
	$(PYTHON) -m venv --clear $(HOSTS)
	$(HOSTS)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/hosts.txt
	touch $@

.PHONY: test-hosts
test-hosts: $(HOSTS)/.installed $(FRONT_END)  ## test explorers in Voila, in marimo, in embedded HTML and in nbconvert's
	cd tests/hosts && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --silent
	PYTHONPATH=. $(HOSTS)/bin/python -m pytest -m hosts tests/test_hosts.py

$(HUB)/.installed: requirements/hub.txt
	$(PYTHON) -m venv --clear $(HUB)
	$(HUB)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/hub.txt
	touch $@

# On a hub the library is a wheel, and the exercises lie elsewhere.
.PHONY: test-hub
test-hub: $(HUB)/.installed $(VENV)/.test $(FRONT_END)  ## test a term on a JupyterHub with users of its own (as root, on Linux)
	cd tests/hub && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --silent
	rm -rf $(HUB)/wheel && $(BIN)/python -m hatchling build -t wheel -d $(HUB)/wheel
	$(HUB)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --force-reinstall $(HUB)/wheel/*.whl
	PATH="$(CURDIR)/$(BIN):$$PATH" $(HUB)/bin/python -m pytest --noconftest -m hub tests/test_hub.py

.PHONY: test-pyodide
test-pyodide: $(VENV)/.test $(FRONT_END)  ## test the library in Pyodide, Python in a page (WHOLE=1 fetches NumPy from Pyodide's own host)
	cd tests/pyodide && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --silent
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/pytest -m pyodide tests/test_pyodide.py

#### Releasing

.PHONY: record
record: $(VENV)/.test check-editions  ## write down what this version computes: the last step of a release
	$(BIN)/python tests/results.py

.PHONY: check-release
check-release: check-editions  ## say what keeps the sources from being a release [TAG=v0.2.0: then that is an error]
	$(BIN)/python .ci/release.py check "$$TAG"

# The wheel is installed with what pip finds today, as its users will have it.
.PHONY: release
release: check-release zip  ## build all files of a release into _build/release, and try the wheel in a clean environment [TAG=v0.2.0]
	rm -rf $(RELEASE) $(TRIED) && mkdir -p $(RELEASE)
	$(BIN)/python -m hatchling build -t sdist -t wheel -d $(RELEASE)
	$(BIN)/python -m venv $(TRIED)
	$(TRIED)/bin/python -m pip install --quiet --disable-pip-version-check "$$(echo $(RELEASE)/*.whl)[live]"
	$(TRIED)/bin/python -I .ci/examples.py README.md
	$(BIN)/python .ci/release.py files $(RELEASE)

#### Measuring and upkeep

.PHONY: bench
bench: $(VENV)/.test book  ## print how fast and how heavy it is, as ratios
	$(BIN)/python tests/bench.py

.PHONY: bench-grading
bench-grading: $(VENV)/.test $(FRONT_END)  ## print what grading costs: STUDENTS=3000 of them, and REAL=8 exams that are really held
	PYTHONPATH=tests REAL="$(or $(REAL),8)" STUDENTS="$(or $(STUDENTS),3000)" $(BIN)/python tests/bench_grading.py

.PHONY: lighthouse
lighthouse: $(VENV)/.test book  ## print Lighthouse's scores of every page (PAGES="intro 01" for some, RUNS=5, AGAINST=pages of another build, LANGUAGE=zh-Hans)
	cd tests/lighthouse && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --silent
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python tests/lighthouse/run.py $(PAGES) $(if $(RUNS),--runs $(RUNS)) $(if $(AGAINST),--against "$(AGAINST)") $(SPOKEN:--language=--edition)

.PHONY: clean
clean:  ## remove what the targets above made
	rm -rf _build $(VENV) book/frontend/dist book/frontend/node_modules aiimpact/*/page/dist aiimpact/locale/dist aiimpact/live/page/node_modules

.PHONY: lock
lock:  ## resolve the pinned requirements anew (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command 'make lock' \
	  --extra live --extra book --extra build pyproject.toml -o requirements/book.txt $(UPGRADE)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command 'make lock' \
	  $(SETS:%=--extra %) pyproject.toml -c requirements/book.txt -o requirements/test.txt $(UPGRADE)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command 'make lock' \
	  --extra live --extra classroom --extra build pyproject.toml -c requirements/test.txt -o requirements/classroom.txt $(UPGRADE)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command 'make lock' \
	  --extra scale --extra classroom --group scale pyproject.toml -c requirements/test.txt -o requirements/scale.txt $(UPGRADE)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command 'make lock' \
	  --extra live --group hosts pyproject.toml -c requirements/test.txt -o requirements/hosts.txt $(UPGRADE)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command 'make lock' \
	  --extra live --extra lab --extra classroom --group hub pyproject.toml -c requirements/test.txt -o requirements/hub.txt $(UPGRADE)
