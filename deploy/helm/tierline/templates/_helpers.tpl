{{- define "tierline.name" -}}
{{ printf "%s-tierline" .Release.Name | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "tierline.labels" -}}
app.kubernetes.io/name: tierline
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "tierline.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{/* What the server and its migrations have in common: the image, the settings and a root that nobody writes to. */}}
{{- define "tierline.container" -}}
image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
imagePullPolicy: {{ .Values.image.pullPolicy }}
envFrom:
  - secretRef: { name: {{ .Values.secretName }} }
env:
  {{- range $name, $value := .Values.settings }}
  - { name: {{ $name }}, value: {{ $value | quote }} }
  {{- end }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
volumeMounts:
  - { name: tmp, mountPath: /tmp }
{{- end }}
