import { useEffect, useRef, type ComponentProps, type ReactNode } from 'react'
import { useWords } from '#app/messages/text.tsx'

type FieldProps = {
	id: string
	label: string
	hint?: string
	error?: string
	children: (aria: FieldAria) => ReactNode
}
export type FieldAria = { id: string; name: string; 'aria-describedby'?: string; 'aria-invalid'?: true }

/** A labelled control with its hint and error tied to it. */
export function Field({ id, label, hint, error, children }: FieldProps) {
	const describedBy = [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ')
	const aria: FieldAria = {
		id,
		name: id,
		...(describedBy ? { 'aria-describedby': describedBy } : {}),
		...(error ? { 'aria-invalid': true as const } : {}),
	}
	return (
		<div className="field">
			<label htmlFor={id}>{label}</label>
			{hint ? (
				<p className="hint" id={`${id}-hint`}>
					{hint}
				</p>
			) : null}
			{error ? (
				<p className="error" id={`${id}-error`}>
					{error}
				</p>
			) : null}
			{children(aria)}
		</div>
	)
}

export type FormErrors = Readonly<Record<string, string>>

/** All errors of a form on top, each a link to its field; takes the focus when it appears. */
export function ErrorSummary({ errors, message }: { errors?: FormErrors; message?: string }) {
	const { t } = useWords()
	const box = useRef<HTMLDivElement>(null)
	const entries = Object.entries(errors ?? {})
	const isShown = entries.length > 0 || message !== undefined
	useEffect(() => {
		if (isShown) box.current?.focus()
	}, [isShown, errors, message])
	if (!isShown) return null
	return (
		<div className="notice notice-bad" role="alert" tabIndex={-1} ref={box}>
			<p>
				<strong>{t('shell.problem')}</strong>
			</p>
			{message ? <p>{message}</p> : null}
			{entries.length > 0 ? (
				<ul>
					{entries.map(([id, text]) => (
						<li key={id}>
							<a href={`#${id}`}>{text}</a>
						</li>
					))}
				</ul>
			) : null}
		</div>
	)
}

type ButtonProps = ComponentProps<'button'> & { look?: 'primary' | 'danger' | 'plain' | 'small' }

export function Button({ look = 'primary', className = '', type = 'submit', ...rest }: ButtonProps) {
	const style = { primary: 'button-primary', danger: 'button-danger', plain: '', small: 'button-small' }[look]
	return <button type={type} className={`button ${style} ${className}`} {...rest} />
}
