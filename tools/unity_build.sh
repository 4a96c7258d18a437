#!/usr/bin/env bash
# unity_build.sh FOLDER
#
# Compiles clients/unity_stub with Mono's compiler: the core as .NET, the Unity layer against declarations of the Unity API
# that it uses (Tests/UnityStubs~), the tests with a runner of their own, and the probe. Warnings are errors.
set -euo pipefail

out="$(mkdir -p "$1" && cd "$1" && pwd)"
cd "$(dirname "$0")/../clients/unity_stub"

# Unity itself assigns what a script declares with SerializeField, and raises no warning about it either.
compile() {
    mcs -langversion:7 -warnaserror -debug -nowarn:0649,0414 "$@"
}
sources() {
    find "$@" -name '*.cs' | sort
}

core="$out/Polyclinic.Core.dll"
compile -target:library -out:"$core" -r:System.Net.Http.dll $(sources Runtime/Core)
compile -target:library -out:"$out/UnityStubs.dll" 'Tests/UnityStubs~/UnityEngine.cs'
references=(-r:"$core" -r:"$out/UnityStubs.dll" -r:"$out/Polyclinic.Unity.dll")
for hands in '' -d:POLYCLINIC_XR_HANDS; do
    compile $hands -target:library -out:"$out/Polyclinic.Unity.dll" "${references[@]:0:2}" $(sources Runtime/Unity)
done
compile -target:library -out:"$out/Polyclinic.Editor.dll" "${references[@]}" $(sources Editor)
compile -target:library -out:"$out/Polyclinic.Sample.dll" "${references[@]}" $(sources 'Samples~')
compile -out:"$out/Polyclinic.Core.Tests.exe" "${references[@]}" -r:"$out/Polyclinic.Sample.dll" \
    'Tests/UnityStubs~/NUnit.cs' $(sources Tests/Core Tests/Unity 'Tests/Components~')
compile -out:"$out/Polyclinic.Probe.exe" -r:"$core" $(sources 'Probe~')
