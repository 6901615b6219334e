import { Form, Link } from '@remix-run/react'
import { useRef } from 'react'
import type { EditorView } from '#app/services/amendments/views.ts'
import type { CharterProblem } from '#app/services/charter/read-charter.server.ts'
import { useWords } from '#app/messages/text.tsx'
import { EditorPlaces } from './editor-places.tsx'
import { Button, Field, type FormErrors } from './ui/form.tsx'

/** Lines that stay in view above the one that was chosen. */
const LINES_ABOVE = 6

/** The editor of a charter text: the text itself, why it changes, and when it is to be in force. */
export function AmendmentEditor({
	editor,
	errors,
	problems,
	sent,
}: {
	editor: EditorView
	errors: FormErrors
	problems: readonly CharterProblem[]
	sent: Readonly<Record<string, string>>
}) {
	const { t } = useWords()
	const area = useRef<HTMLTextAreaElement>(null)
	const text = sent.yaml ?? editor.yaml
	/** Chooses a line of the text and brings it into view. */
	const goTo = (line: number) => {
		const input = area.current
		if (!input) return
		const lines = input.value.split('\n')
		const from = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0)
		input.focus()
		input.setSelectionRange(from, from + (lines[line - 1]?.length ?? 0))
		const height = Number.parseFloat(getComputedStyle(input).lineHeight)
		input.scrollTop = Math.max(0, (line - LINES_ABOVE) * height)
	}
	return (
		<>
			{editor.templates.length > 0 ? <Templates templates={editor.templates} /> : null}
			<Form method="post" encType="multipart/form-data" className="stack">
				{editor.lockVersion === null ? null : (
					<input type="hidden" name="lockVersion" value={editor.lockVersion} />
				)}
				<section className="card">
					<Field
						id="reason"
						label={t('amendments.reason')}
						hint={t('amendments.reasonHint')}
						error={errors.reason}
					>
						{(aria) => (
							<textarea
								className="input"
								rows={2}
								maxLength={1000}
								defaultValue={sent.reason ?? editor.reason}
								{...aria}
							/>
						)}
					</Field>
					<Field
						id="inForceFrom"
						label={t('amendments.inForceFrom')}
						hint={t('amendments.inForceFromHint')}
						error={errors.inForceFrom}
					>
						{(aria) => (
							<input
								className="input"
								type="datetime-local"
								defaultValue={sent.inForceFrom ?? editor.inForceFrom?.slice(0, 16) ?? ''}
								{...aria}
							/>
						)}
					</Field>
				</section>
				<section className="card">
					{problems.length > 0 ? <Problems problems={problems} text={text} onChoose={goTo} /> : null}
					{editor.places === null ? null : <EditorPlaces view={editor.places} text={text} onChoose={goTo} />}
					<div className="field field-wide">
						<label htmlFor="yaml">{t('amendments.text')}</label>
						<p className="hint" id="yaml-hint">
							{t('amendments.textHint')} <a href="/schemas/charter.schema.json">charter.schema.json</a>
						</p>
						{errors.yaml ? (
							<p className="error" id="yaml-error">
								{errors.yaml}
							</p>
						) : null}
						<textarea
							ref={area}
							className="input code-area"
							id="yaml"
							name="yaml"
							rows={28}
							spellCheck={false}
							autoCapitalize="off"
							autoComplete="off"
							wrap="off"
							defaultValue={text}
							aria-describedby={errors.yaml ? 'yaml-hint yaml-error' : 'yaml-hint'}
							{...(errors.yaml || problems.length > 0 ? { 'aria-invalid': true as const } : {})}
						/>
					</div>
					<Field id="file" label={t('amendments.file')} hint={t('amendments.fileHint')} error={errors.file}>
						{(aria) => <input className="input" type="file" accept=".yaml,.yml,text/yaml" {...aria} />}
					</Field>
				</section>
				<p className="row">
					<Button>{t('amendments.save')}</Button>
					<span className="muted">{t('amendments.saveHint')}</span>
				</p>
			</Form>
		</>
	)
}

function Templates({ templates }: { templates: readonly string[] }) {
	const { t } = useWords()
	return (
		<details className="card">
			<summary>{t('amendments.templates')}</summary>
			<p className="muted">{t('amendments.templatesHint')}</p>
			<ul className="row">
				{templates.map((name) => (
					<li key={name}>
						<Link
							className="button button-small"
							to={`?${new URLSearchParams({ template: name })}`}
							reloadDocument
						>
							{name}
						</Link>
					</li>
				))}
			</ul>
		</details>
	)
}

/** Every problem with its line as it stands; choosing one puts the cursor there. */
function Problems({
	problems,
	text,
	onChoose,
}: {
	problems: readonly CharterProblem[]
	text: string
	onChoose: (line: number) => void
}) {
	const { t } = useWords()
	const lines = text.split('\n')
	return (
		<div className="stack stack-tight">
			<h2>{t('amendments.problems', { count: problems.length })}</h2>
			<ol className="problems">
				{problems.map(({ line, column, path, message }, i) => (
					<li key={`${line}:${column}:${i}`}>
						<Button type="button" look="small" onClick={() => onChoose(line)}>
							{t('amendments.place', { line, column })}
						</Button>{' '}
						{path ? <code>{path}</code> : null} <span>{message}</span>
						{lines[line - 1]?.trim() ? <pre className="problem-line">{lines[line - 1]?.trim()}</pre> : null}
					</li>
				))}
			</ol>
		</div>
	)
}
